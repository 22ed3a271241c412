import { cutLines, failureHint, failureWords, limitWords, wallMark } from "@harness/core/telling";
import type { SessionDetail } from "../sessions/schema.ts";
import { answerLines } from "./answer-lines.ts";
import { BADGE_COLOURS } from "./badge-colour.ts";
import { plainLine, plainText } from "./escape.ts";
import { age, span, timeOfDay } from "./format.ts";
import type { Terminal } from "./terminal.ts";

const WIDTH = 12;
const COPIED = 10;
const FAILURE = { lines: 6, width: 400 };

/** The lines of `harness show`. */
export function sessionSheet(detail: SessionDetail, terminal: Terminal, nowMs: number): string[] {
  const row = (label: string, text: string | null | undefined): string[] => {
    if (!text) return [];
    const [first = "", ...others] = plainText(text).trimEnd().split("\n");
    const indent = " ".repeat(WIDTH);
    return [`${terminal.colour("dim", label.padEnd(WIDTH))}${first}`, ...others.map((line) => `${indent}${line}`)];
  };
  const { id, name, badge } = detail;
  const title = [terminal.colour("bold", id), name && plainLine(name), terminal.colour(BADGE_COLOURS[badge], badge)];
  return [
    title.filter(Boolean).join("  "),
    ...row("task", detail.task),
    ...row("agent", `${detail.agent.name} (driver ${detail.agent.driver})`),
    ...row("model", modelOf(detail)),
    ...row("key", keyOf(detail)),
    ...row("sandbox", sandboxOf(detail)),
    ...row("user", detail.runsAs === undefined ? "" : `${detail.runsAs}, not the dispatcher's`),
    ...row("limits", limitsOf(detail)),
    ...row("repository", detail.repository),
    ...row("branch", detail.branch && `${detail.branch}${detail.base ? ` from ${detail.base}` : ""}`),
    ...row("ports", portsRow(detail)),
    ...row("setup", setupRows(detail, nowMs)),
    ...row("turns", turns(detail, nowMs)),
    ...row("failure", failureRows(detail)),
    ...row("last line", detail.lastLine && plainLine(detail.lastLine)),
    ...row("process", processOf(detail)),
    ...row("last exit", detail.lastExit && `${detail.lastExit.cause} (${age(detail.lastExit.at, nowMs)} ago)`),
    ...row(
      "labels",
      Object.entries(detail.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(" "),
    ),
    ...row("created", `${age(detail.createdAt, nowMs)} ago`),
    ...row("directory", detail.directory),
    ...row("worktree", detail.paths.worktree),
    ...row("copied", copiedRow(detail)),
    ...detail.notes.flatMap((note) => row("note", note)),
    ...detail.damaged.flatMap((part) => row("damaged", part)),
    ...detail.waiting.flatMap((question) =>
      questionRows(id, question, nowMs).flatMap((text, index) => row(index ? "" : question.kind, text)),
    ),
  ];
}

function portsRow({ ports }: SessionDetail): string {
  const note = { nobody: "", session: " (in use)", "somebody else": " (somebody else listens there)" };
  return Object.entries(ports)
    .map(([name, { port, holder }]) => `${name}=${port}${note[holder]}`)
    .join("\n");
}

function setupRows({ id, setup, alive }: SessionDetail, nowMs: number): string {
  if (setup === undefined) return "";
  if (setup.state === "succeeded") return "succeeded";
  if (setup.state === "running")
    return alive ? `running for ${age(setup.startedAt, nowMs)} (attempt ${setup.attempt})` : "interrupted";
  const log = setup.log === undefined ? [] : [`(${setup.log})`];
  return [`failed. ${setup.reason ?? ""}`, ...(setup.lines ?? []), ...log, `-> harness setup ${id}`].join("\n");
}

function copiedRow({ copied }: SessionDetail): string {
  const shown = copied.slice(0, COPIED).map(plainLine);
  const more = copied.length > COPIED ? ` and ${copied.length - COPIED} more` : "";
  return shown.length === 0 ? "" : `${shown.join(", ")}${more}: the coding agent can read them`;
}

function turns({ turn, turns: ended }: SessionDetail, nowMs: number): string {
  if (turn?.state === "running")
    return `${ended} ended, one running for ${age(turn.startedAt, nowMs)} (attempt ${turn.attempt})`;
  return `${ended} ended${turn?.stopReason ? `, the last with ${turn.stopReason}` : ""}`;
}

function processOf({ alive, pid, wanted }: SessionDetail): string {
  const intent = wanted === null ? "no dispatcher has seen it" : `wanted: ${wanted.wanted}`;
  return alive ? `${pid}, alive; ${intent}` : `none; ${intent}`;
}

function questionRows(session: string, question: SessionDetail["waiting"][number], nowMs: number): string[] {
  const left = Date.parse(question.deadlineAt ?? "") - nowMs;
  const deadline =
    left > 0
      ? [`(unanswered in ${span(left)}, ${question.kind === "permission" ? "it is refused" : "it goes on without"})`]
      : [];
  return [question.text, ...deadline, ...answerLines(session, question)];
}

function modelOf({ spec, provider, model }: SessionDetail): string {
  const endpoint = spec?.endpoint;
  const where = [provider, endpoint && `${endpoint.baseUrl} (${endpoint.wire})`].filter(Boolean).join(", ");
  if (!model) return where && `the coding agent's default, from ${where}`;
  return where ? `${model}, from ${where}` : model;
}

function keyOf({ spec, keyInsideSession, keyInWorker }: SessionDetail): string {
  const variable = spec?.endpoint?.keyEnv;
  if (keyInsideSession) return `${variable ?? "yes"}, key inside session`;
  if (keyInWorker) return "key in credential worker";
  return variable ? `${variable}, not set` : "";
}

function sandboxOf({ spec, wall }: SessionDetail): string {
  if (wall === null) return spec?.sandbox ? `${spec.sandbox}, tried at the first turn` : "";
  const hosts = wall.network === "list" ? `, ${(spec?.hosts ?? []).join(", ")}` : "";
  const mark = wallMark(wall.sandbox);
  if (wall.sandbox === "none") return "no sandbox";
  return `${wall.sandbox}${mark === null ? "" : ` (${mark})`}, network: ${wall.network}${hosts}`;
}

function limitsOf({ limits, spec }: SessionDetail): string {
  if (limits === null) return spec?.limits ? "set at the first turn" : "";
  return limitWords(limits, spec?.limits);
}

function failureRows({ turn }: SessionDetail): string {
  if (!turn?.failure) return "";
  return [
    failureWords(turn.failure),
    ...cutLines(turn.failure.text, FAILURE),
    `-> ${failureHint(turn.failure, timeOfDay)}`,
  ].join("\n");
}
