import {
  badge,
  type OpenQuestion,
  type SetupState,
  type SessionView,
  type TurnFailure,
  type Wanted,
} from "@harness/core";
import { wallMark } from "@harness/core/telling";
import { tellBytes } from "../disk/tell-bytes.ts";
import type { SessionSummary } from "./schema.ts";

/** What the dispatcher knows of a session beside its files. */
export interface Observation {
  /** Its process is there and has given no proof of life for too long. */
  lost: boolean;
  keyInside: boolean;
  /** How many agent processes may live at once. */
  limit: number;
  /** Its living agent process. */
  pid: number | null;
  /** What was refused of its outbox: shown name → reason. */
  rejected: ReadonlyMap<string, string>;
  /** What the conflict radar has seen of it. */
  collisions: SessionSummary["collisions"];
}

export interface SummaryFacts {
  view: SessionView;
  wanted: Wanted | null;
  observation: Observation;
  nowMs: number;
}

const TEXT_LIMIT = 2000;
const LIST_LIMIT = 20;

/** One session as lists and badges show it. */
export function summarizeSession(facts: SummaryFacts): SessionSummary {
  const { view, wanted, nowMs, observation } = facts;
  const { spec, status } = view;
  const alive = observation.pid !== null;
  const task = spec?.task ?? view.context?.goal ?? "";
  const createdAt = spec?.createdAt ?? status?.startedAt ?? wanted?.updatedAt ?? new Date(0).toISOString();
  return {
    id: view.id,
    name: spec?.name ?? null,
    task: cut(task),
    badge: observation.lost ? "lost" : badge({ view: { ...view, alive }, wanted, nowMs }),
    state: status?.state === "closed" || wanted?.wanted === "closed" ? "closed" : "open",
    agent: { name: spec?.agent.name ?? spec?.agent.driver ?? "unknown", driver: spec?.agent.driver ?? "unknown" },
    provider: spec?.provider === undefined ? null : cut(spec.provider),
    model: spec?.model === undefined ? null : cut(spec.model),
    branch: spec?.branch ?? null,
    repository: spec?.repository ?? null,
    base: spec?.base ?? null,
    turn: turnOf(status),
    turns: status?.turns ?? 0,
    ...(status?.setup === undefined ? {} : { setup: cutSetup(status.setup) }),
    lastLine: status?.lastLine === undefined ? null : cut(status.lastLine),
    wall: wallOf(view),
    waiting: alive ? (status?.waiting ?? []).slice(0, LIST_LIMIT).map(cutQuestion) : [],
    labels: spec?.labels ?? {},
    createdAt,
    updatedAt: status?.updatedAt ?? createdAt,
    alive,
    pid: observation.pid,
    damaged: view.damaged.map(({ part, problem }) => cut(`${part}: ${problem}`)),
    notes: notesOf(facts),
    collisions: observation.collisions,
  };
}

// Whoever asked for no wall has none, before the first turn as after it.
function wallOf({ spec, status }: SessionView): SessionSummary["wall"] {
  if (status?.sandbox !== undefined) return { sandbox: status.sandbox, network: status.network ?? "host" };
  return spec?.sandbox === "none" ? { sandbox: "none", network: "host" } : null;
}

function turnOf(status: SessionView["status"]): SessionSummary["turn"] {
  if (!status?.turn) return null;
  const { state, attempt, startedAt, stopReason, failure } = status.turn;
  return {
    state,
    attempt,
    startedAt,
    ...(stopReason === undefined ? {} : { stopReason }),
    ...(failure === undefined ? {} : { failure: cutFailure(failure) }),
  };
}

function notesOf({ view, wanted, observation }: SummaryFacts): string[] {
  const alive = observation.pid !== null;
  const { lost, keyInside, limit, rejected } = observation;
  const said = [
    lost && "It gives no proof of life.",
    wanted?.queued && `Waits for a free place: at most ${limit} agent processes at once (limits.concurrent).`,
    alive && view.status?.setup?.state === "running" && "Its worktree is being set up; no turn begins before that.",
    wanted?.failed && `Given up: ${wanted.failed} \`harness resume\` tries again.`,
    wanted?.overDisk &&
      `Nothing runs: it takes ${tellBytes(wanted.overDisk.bytes)} of the disk and may take ${tellBytes(wanted.overDisk.limit)}. Nothing was deleted. It goes on by itself when it is under that; \`harness disk\` says where it stands.`,
    wanted?.backoffUntil &&
      `Failed (${wanted.lastExit?.cause ?? "unknown cause"}) and starts again at ${wanted.backoffUntil}.`,
    keyInside && "key inside session",
    wallMark(wallOf(view)?.sandbox),
    view.status?.wake === "scan" && "No file watcher is left on this machine: messages are seen by scans every 2 s.",
    rejected.size > 0 && `${rejected.size} files of its outbox were refused: ${sample(rejected)}`,
  ];
  const degraded = (view.status?.degraded ?? []).slice(0, LIST_LIMIT);
  return [...(wanted?.notes ?? []), ...said.filter((note) => typeof note === "string"), ...degraded].map(cut);
}

function sample(rejected: ReadonlyMap<string, string>): string {
  const shown = [...rejected].slice(0, 3).map(([name, reason]) => `${name} (${reason})`);
  return rejected.size > 3 ? `${shown.join(", ")}, …` : `${shown.join(", ")}.`;
}

// What a session says of itself may have any size.
function cut(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)} …` : text;
}

function cutQuestion(question: OpenQuestion): OpenQuestion {
  const options = question.options?.slice(0, LIST_LIMIT).map(({ id, label, kind }) => ({
    id: cut(id),
    label: cut(label),
    ...(kind === undefined ? {} : { kind: cut(kind) }),
  }));
  return { ...question, text: cut(question.text), ...(options === undefined ? {} : { options }) };
}

function cutSetup({ state, request, attempt, startedAt, endedAt, reason, lines, log }: SetupState): SetupState {
  return {
    state,
    request: cut(request),
    attempt,
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(reason === undefined ? {} : { reason: cut(reason) }),
    ...(lines === undefined ? {} : { lines: lines.slice(-LIST_LIMIT).map(cut) }),
    ...(log === undefined ? {} : { log: cut(log) }),
  };
}

function cutFailure({ code, text, retryAt }: TurnFailure): TurnFailure {
  return { code: cut(code), text: cut(text), ...(retryAt === undefined ? {} : { retryAt: cut(retryAt) }) };
}
