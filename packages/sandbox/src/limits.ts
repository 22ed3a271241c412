import { readFileSync } from "node:fs";
import { release } from "node:os";

/** Of the processes inside, each one or all together as the kernel counts them. */
export interface Limits {
  readonly openFiles?: number;
  /** All together. The kernel does not hold root to it. */
  readonly processes?: number;
  /** The largest file that can be written. */
  readonly fileBytes?: number;
  readonly cpuSeconds?: number;
  /** Address space: programs that reserve much and use little (Node, for one) need a lot. */
  readonly addressBytes?: number;
  /** Memory of its own, files that it maps aside. */
  readonly dataBytes?: number;
}

const FLAGS: Record<keyof Limits, { flag: string; row: string }> = {
  openFiles: { flag: "nofile", row: "Max open files" },
  processes: { flag: "nproc", row: "Max processes" },
  fileBytes: { flag: "fsize", row: "Max file size" },
  cpuSeconds: { flag: "cpu", row: "Max cpu time" },
  addressBytes: { flag: "as", row: "Max address space" },
  dataBytes: { flag: "data", row: "Max data size" },
};

/** What `prlimit` sets. */
export const LIMIT_NAMES = Object.keys(FLAGS) as (keyof Limits)[];

/** The command under util-linux's `prlimit`. Nobody may raise what this process may not raise for itself. */
export function limitCommand(command: readonly string[], limits: Limits = {}): string[] {
  const wanted = Object.entries(limits) as [keyof Limits, number][];
  const own = wanted.length === 0 ? "" : readOwnLimits();
  const flags = wanted.map(([name, value]) => {
    const { flag, row } = FLAGS[name];
    return `--${flag}=${Math.min(value, hardLimit(own, row))}`;
  });
  // Without a limit of zero, what crashes inside leaves its memory on disk.
  return ["prlimit", "--core=0", ...flags, "--", ...command];
}

function readOwnLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "latin1");
  } catch {
    return "";
  }
}

/** Of the columns name, soft limit, hard limit, units. */
export function hardLimit(table: string, row: string): number {
  const line = table.split("\n").find((each) => each.startsWith(row));
  const hard = line?.slice(row.length).trim().split(/\s+/)[1];
  const value = Number(hard);
  return hard === undefined || Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/**
 * Whether a process namespace has a largest process number of its own, which bounds the number of processes of root as
 * well. In an older kernel there is one for the whole machine, which must not be touched. Pure.
 */
export function boundsNamespaces(kernel = release(), platform: NodeJS.Platform = process.platform): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  return platform === "linux" && (major > 6 || (major === 6 && minor >= 14));
}
