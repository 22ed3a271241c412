import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ResourceLimits } from "@harness/core";

const MOUNT = "/sys/fs/cgroup";
const CONTROLLERS = ["memory", "pids"];

/** A control group of the kernel for all that a session starts, whose limits hold for all of it together. */
export interface ControlGroup {
  /** A process writes its number there to join. */
  readonly procs: string;
  /** How many of its processes the kernel has ended because its memory was at the limit. */
  oomKills(): number;
  /** Takes it away where nobody is left in it. */
  close(): void;
}

export interface ControlGroupWish {
  /** A file name. */
  readonly name: string;
  readonly limits: ResourceLimits;
  readonly isRoot: boolean;
  /** What /proc/self/cgroup says, and where the control groups are; the system's unless given. */
  readonly own?: string;
  readonly mount?: string;
}

/** Makes it beside the group of this process, where somebody has left that to this user; null everywhere else. */
export function openControlGroup(wish: ControlGroupWish): ControlGroup | null {
  const { name, limits, isRoot, mount = MOUNT } = wish;
  try {
    const parent = delegatedParent(wish.own ?? readFileSync("/proc/self/cgroup", "utf8"), isRoot);
    if (parent === null) return null;
    const above = join(mount, parent);
    accessSync(join(above, "cgroup.procs"), constants.W_OK);
    enableControllers(above);
    const path = join(above, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "pids.max"), String(limits.processes ?? "max"));
    writeFileSync(join(path, "memory.max"), String(limits.memoryBytes ?? "max"));
    limitSwap(path, limits);
    return {
      procs: join(path, "cgroup.procs"),
      oomKills: () => readOomKills(join(path, "memory.events")),
      close: () => removeGroup(path),
    };
  } catch {
    // Another version of control groups, none, or not this user's: limits of each process hold everywhere.
    return null;
  }
}

/**
 * The group above the one of this process, if this user may make groups in it: who is not root may write only there, and
 * root only keeps to what belongs to a unit of its own. Pure.
 */
export function delegatedParent(own: string, isRoot: boolean): string | null {
  const path = /^0::(\/.+)$/m.exec(own)?.[1];
  if (path === undefined) return null;
  const parent = dirname(path);
  if (parent === "/" || path.includes("/../")) return null;
  return !isRoot || /[.](?:service|scope)$/.test(basename(parent)) ? parent : null;
}

function enableControllers(path: string): void {
  const file = join(path, "cgroup.subtree_control");
  const enabled = readFileSync(file, "utf8").trim().split(/\s+/);
  const missing = CONTROLLERS.filter((each) => !enabled.includes(each));
  if (missing.length > 0) writeFileSync(file, missing.map((each) => `+${each}`).join(" "));
}

/** What the kernel moves to swap counts as no memory: without a limit of its own it is a way around that of memory. */
function limitSwap(path: string, { memoryBytes }: ResourceLimits): void {
  const file = join(path, "memory.swap.max");
  // Not there where the kernel has no swap to count.
  if (existsSync(file)) writeFileSync(file, memoryBytes === undefined ? "max" : "0");
}

function readOomKills(path: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(path, "utf8"))?.[1] ?? 0);
  } catch {
    // It has gone, with everybody in it.
    return 0;
  }
}

function removeGroup(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Somebody is in it, or it has gone already.
  }
}
