import { runTraced, type TracedRun } from "./traced.ts";

/** The system calls that change what is on the disk, as Node makes them on Linux; alternatives of one call together. */
export const FILE_CALLS = [
  "openat",
  "pwrite64",
  "fsync",
  "link,linkat",
  "unlink,unlinkat",
  "rename,renameat,renameat2",
  "mkdir,mkdirat",
  "ftruncate",
] as const;

export interface CrashPoint {
  call: string;
  /** The nth such call was not made: the process was dead. */
  n: number;
  run: TracedRun;
}

export interface CrashPointOptions {
  /** A fresh situation for one run; returns the program to run in it (see `runTraced`). */
  prepare(): Promise<{ command: string[]; env?: Record<string, string>; check(point: CrashPoint): Promise<void> }>;
  calls?: readonly string[];
  /** What happens at the point: `signal=KILL` unless given, or `error=ENOSPC`. */
  fault?: string;
  /** Far beyond any protocol: reaching it means that the program does not end. */
  limit?: number;
}

/**
 * Runs a program again and again, killing it at the first, second, … of each system call until a run makes no such call
 * any more, and checks what each run left. Returns how many points there were. Needs `requireTool("strace")`.
 */
export async function crashPoints(options: CrashPointOptions): Promise<number> {
  const { calls = FILE_CALLS, fault = "signal=KILL", limit = 200 } = options;
  let points = 0;
  for (const call of calls) {
    for (let n = 1; n <= limit; n += 1) {
      const situation = await options.prepare();
      const strace = ["-e", `trace=${call}`, "-e", `inject=${call}:${fault}:when=${n}`];
      const run = await runTraced(situation.command, { strace, ...(situation.env === undefined ? {} : { env: situation.env }) });
      await situation.check({ call, n, run });
      if (!wasHit(run, fault)) break;
      points += 1;
      if (n === limit) throw new Error(`${call}: still called after ${limit} times.`);
    }
  }
  return points;
}

function wasHit(run: TracedRun, fault: string): boolean {
  return fault.startsWith("signal=KILL") ? run.signal === "SIGKILL" : run.trace.includes("(INJECTED)");
}
