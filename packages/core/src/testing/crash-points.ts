import { runTraced, type TracedRun } from "./traced.ts";

/** The system calls by which Node changes the disk on Linux. Files of state are written by position: a plain write is mostly a wake-up between threads. */
export const FILE_CALLS = [
  "openat",
  "pwrite64",
  "fsync",
  "link",
  "linkat",
  "unlink",
  "unlinkat",
  "rename",
  "renameat",
  "renameat2",
  "mkdir",
  "mkdirat",
  "ftruncate",
  "close",
] as const;

export interface CrashPoint {
  /** Null for the run in which nothing was done to the program. */
  call: string | null;
  /** The nth such call was not made: the process was dead, or the call was made to fail. */
  n: number;
  run: TracedRun;
}

export interface Situation {
  /** The program to run (see `runTraced`). */
  command: string[];
  env?: Record<string, string>;
  /** Throws when what the run left breaks the protocol. */
  check(point: CrashPoint): Promise<void>;
}

export interface CrashPointOptions {
  /** A fresh situation for one run. */
  prepare(): Promise<Situation>;
  calls?: readonly string[];
  /** What happens at the point: `signal=KILL` unless given, or `error=ENOSPC`. */
  fault?: string;
  /** Runs at the same time, 2 unless given. */
  parallel?: number;
}

/**
 * Runs a program once in peace and notes its system calls, then once for each of them, killing it there, and checks what
 * each run left. Returns the points that were hit. Needs `requireTool("strace")`.
 * A call that changes nothing (an open for reading, a close, one that failed) is left out: being killed at it leaves the
 * same disk as being killed at the next one. `HARNESS_CRASH_POINTS=every` takes them too.
 */
export async function crashPoints(options: CrashPointOptions): Promise<CrashPoint[]> {
  const { calls = FILE_CALLS, fault = "signal=KILL", parallel = 2 } = options;
  const trace = `trace=${calls.map((call) => `?${call}`).join(",")}`;
  const peaceful = await runPoint(options, { call: null, n: 0, strace: ["-e", trace] });
  const points = listPoints(peaceful.run.trace, process.env["HARNESS_CRASH_POINTS"] === "every");
  const hit: CrashPoint[] = [];
  const work = async () => {
    for (let next = points.shift(); next !== undefined; next = points.shift()) {
      const { call, n } = next;
      const strace = ["-e", `trace=${call}`, "-e", `inject=${call}:${fault}:when=${n}`];
      const point = await runPoint(options, { call, n, strace });
      if (wasHit(point.run, fault)) hit.push(point);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return hit;
}

/** The calls in a trace, each with its number among the calls of that name in its thread: strace counts like that. */
function listPoints(trace: string, every: boolean): { call: string; n: number }[] {
  const counts = new Map<string, number>();
  const points = new Map<string, { call: string; n: number }>();
  for (const line of trace.split("\n")) {
    const [, thread, call] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (call === undefined) continue;
    const key = `${thread} ${call}`;
    const n = (counts.get(key) ?? 0) + 1;
    counts.set(key, n);
    if (every || changesSomething(call, line)) points.set(`${call} ${n}`, { call, n });
  }
  return [...points.values()];
}

function changesSomething(call: string, line: string): boolean {
  if (call === "close" || / = -1 E[A-Z]+ /.test(line)) return false;
  return call !== "openat" || line.includes("O_CREAT");
}

async function runPoint(
  options: CrashPointOptions,
  plan: { call: string | null; n: number; strace: string[] },
): Promise<CrashPoint> {
  const situation = await options.prepare();
  // strace counts the calls of each thread apart: all asynchronous ones go through a single thread.
  const env = { ...situation.env, UV_THREADPOOL_SIZE: "1" };
  const run = await runTraced(situation.command, { strace: plan.strace, env });
  const point = { call: plan.call, n: plan.n, run };
  try {
    await situation.check(point);
  } catch (error) {
    throw new Error(
      `After ${plan.call ?? "the undisturbed run"} ${plan.n}: ${String(error)}\n${run.stdout}${run.trace}`,
      {
        cause: error,
      },
    );
  }
  return point;
}

function wasHit(run: TracedRun, fault: string): boolean {
  return fault.startsWith("signal=KILL") ? run.signal === "SIGKILL" : run.trace.includes("(INJECTED)");
}
