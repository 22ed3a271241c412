import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisedPaths } from "../bubblewrap/system-files.ts";
import type { Limits } from "../limits.ts";
import type { Sandbox, WrappedCommand } from "../sandbox.ts";
import { startWrapped } from "../start-wrapped.ts";
import type { Outside } from "./attempt.ts";
import { ATTEMPTS } from "./attempts.ts";
import { judge, type AttemptResult } from "./judge.ts";
import { openStage, type Scene, type Stage } from "./stage/open-stage.ts";
import { awaitResults } from "./stage/read-results.ts";

const RUN_MS = 60_000;
const GONE_MS = 1_000;
const LOOK_MS = 10;
const NOBODY = { home: undefined, runtime: undefined, agent: undefined };
/** As a session may have them. Of data more than Node sets aside for its threads, and less than a machine has. */
const LIMITS: Limits = { fileBytes: 2 ** 30, dataBytes: 2 ** 36 };
/** The second is one that the loader of a program takes in: it has a way of its own to get inside. */
const VARIABLES = { ESCAPE_PACK_VARIABLE: "given", MALLOC_ARENA_MAX: "2" };

export interface PackRun {
  readonly sandbox: Sandbox;
  /** The built escape pack. */
  readonly program: string;
  /** Makes these attempts alone. */
  readonly only?: readonly string[];
  /** Breaks the wall before it is built, to find out which attempt notices. */
  alter?(wrapped: WrappedCommand): WrappedCommand;
}

/** Makes the attempts that need no whole session, in a sandbox around a worktree and a home, with others beside it. */
export async function runPack(run: PackRun): Promise<AttemptResult[]> {
  // Not in /tmp, which is private inside: what is not shown would be hidden twice.
  const root = realpathSync(mkdtempSync("/var/tmp/harness-walls-"));
  const stage = await openStage(join(root, "stage"), NOBODY);
  try {
    return await play(run, { root, stage });
  } finally {
    stage.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function play(run: PackRun, { root, stage }: { root: string; stage: Stage }): Promise<AttemptResult[]> {
  const attempts = ATTEMPTS.filter(({ id, needs }) => needs === undefined && (run.only?.includes(id) ?? true));
  const targets = stage.targetsFor(buildScene(root, stage));
  const { own } = targets;
  const [list, results] = [join(own.worktree, "targets.json"), join(own.worktree, "results.jsonl")];
  writeFileSync(list, JSON.stringify(targets));
  const node = realpathSync(process.execPath);
  const names = attempts.map(({ id }) => id).join(",");
  const command = [node, realpathSync(run.program), "try", list, "--results", results, "--only", names, "--linger"];
  const wrapped = await run.sandbox.wrap(command, {
    readOnly: [own.borrowed ?? "", node, realpathSync(run.program)],
    readWrite: [own.worktree],
    home: own.home ?? "",
    directory: own.worktree,
    // Marked as what it leaves behind is: where the wall is broken the program itself may go on.
    environment: { PATH: "/usr/bin:/bin", ...VARIABLES, ...Object.fromEntries([stage.mark.split("=")]) },
    network: "none",
    limits: LIMITS,
  });
  const child = startWrapped(run.alter?.(wrapped) ?? wrapped, { stdio: ["ignore", "ignore", "ignore"] });
  const told = await awaitEnd(child, results);
  const outside = stage.look(targets);
  await awaitGone(outside);
  return judge(attempts, told, outside);
}

/** Kills it once it has told all that it had to tell. */
async function awaitEnd(child: ChildProcess, results: string) {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), RUN_MS);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["error", "exit"]) child.once(event, () => (over.abort(), resolve()));
  });
  const told = await awaitResults(results, over);
  clearTimeout(timer);
  child.kill("SIGKILL");
  await ended;
  return told;
}

async function awaitGone({ left }: Outside): Promise<void> {
  for (const due = performance.now() + GONE_MS; left() > 0 && performance.now() < due;) await sleep(LOOK_MS);
}

function buildScene(root: string, { canary, mark, socket }: Stage): Scene {
  const at = (...names: string[]) => join(root, ...names);
  const records = ["sessions/own/token", "sessions/own/context.json"];
  const other = ["sessions/other/token", "sessions/other/worktree/secret.txt"];
  const state = ["config.yaml", "run/token", "credentials/cloud.json"];
  const borrowed = "hub/shop.git/objects/pack/pack-1.pack";
  const template = "hub/shop.worktree-1";
  for (const name of [
    ...records,
    ...other,
    ...state,
    borrowed,
    `${template}/secret.txt`,
    "sessions/own/outbox/.keep",
    "sessions/own/home/.profile",
  ]) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), name === borrowed ? "borrowed" : canary, { mode: name === borrowed ? 0o444 : 0o600 });
  }
  writeFileSync(at("sessions/own/home/.profile"), "");
  const worktree = at("sessions/own/worktree");
  mkdirSync(worktree);
  return {
    mark,
    own: {
      worktree,
      home: at("sessions/own/home"),
      borrowed: at("hub/shop.git/objects"),
      places: [worktree, at("sessions/own/home"), "/tmp", "/dev/shm"],
      limits: { fileBytes: 2 ** 30 },
      promised: promisedPaths("none"),
      variables: VARIABLES,
    },
    records: { directory: at("sessions/own"), files: records.map((name) => at(name)) },
    other: { directory: at("sessions/other"), files: other.map((name) => at(name)), socket },
    state: state.map((name) => at(name)),
    // The next one would be of another commit.
    templates: [at(template), at("hub/shop.worktree-2")],
  };
}
