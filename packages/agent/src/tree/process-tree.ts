import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { HeldLimits, ResourceLimits } from "@harness/core";
import {
  boundsNamespaces,
  LIMIT_NAMES,
  limitCommand,
  openControlGroup,
  startWrapped,
  type ControlGroup,
  type WrappedCommand,
} from "@harness/sandbox";
import type { Environment } from "../environment.ts";
import type { FoundWall, Wall } from "../wall/wall.ts";
import { hasPrlimit, heldLimits, kernelLimits } from "./kernel-limits.ts";
import { findDescendants, findMarked, nameOf, sendSignal, sweepMarked } from "./sweep.ts";
import { isRoot, probeNamespace, wrapInNamespace, type Probed, type TreeMode } from "./wrap.ts";

/** How long processes may take to end by themselves after SIGTERM. */
const TERM_MS = 300;

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The kernel ended something of the session meanwhile, because the memory of all of it was at its limit. */
  readonly outOfMemory?: boolean;
}

export interface StartedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program itself has ended; what it left behind may still hold its streams open. Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

export interface StartPlace {
  readonly cwd: string;
  /** Added to the tree's own variables, whose names it cannot take. */
  readonly variables?: Environment;
  /** Behind a wall: the machine's whole network, for what a person's own configuration starts. */
  readonly network?: "host";
  /** Behind a wall: it asks its model nothing before it has answered a first request of ours. */
  readonly patient?: boolean;
}

/** The processes of the coding agent. None outlives the agent process. */
export interface ProcessTree {
  readonly environment: Environment;
  /** Throws the system's error when the program cannot be started. */
  start(command: readonly string[], place: StartPlace): Promise<StartedProcess>;
  /** Finds out how processes are held together, ahead of the first start, which waits for it. */
  probe(): void;
  /** Ends everything that was started: SIGTERM, a short wait, SIGKILL, then a look until nothing is left. */
  stop(): Promise<void>;
  /** The processes that live now, as far as they can be found. */
  pids(): number[];
  /** Kills what can be found at once, without waiting. */
  killNow(): void;
  /** Kills what an earlier agent process of the session left behind. Returns how many processes that were. */
  sweepLeftovers(): Promise<number>;
}

export interface ProcessTreeOptions {
  readonly environment: Environment;
  /** `NAME=value` variables that tell the tree's processes from all others. */
  readonly marks: readonly string[];
  /** What the kernel is to hold every process of the tree to; nothing unless given. */
  readonly limits?: ResourceLimits | undefined;
  /** Told once, before the first start, with the limits that hold here. */
  onMode(mode: TreeMode, limits: HeldLimits | undefined): void;
  /** What stands around every process of the tree; nothing unless given. */
  readonly wall?: Wall;
  /** Only for tests: takes the place of the probe. */
  readonly mode?: TreeMode;
}

export function createProcessTree(options: ProcessTreeOptions): ProcessTree {
  const { environment, marks, limits } = options;
  const processes = isRoot() && boundsNamespaces() ? limits?.processes : undefined;
  const live = new Map<number, Promise<ProcessExit>>();
  let probed: Promise<Probed> | undefined;
  /** Sandboxes are started in a namespace like everything else: while one is built it does not yet hold together itself. */
  let nested = false;
  let group: ControlGroup | null = null;
  // The first start waits for the probe: what ends the tree meanwhile must not miss it.
  const starting = new Set<Promise<StartedProcess>>();
  let unswept = false;

  async function findMode(): Promise<Probed> {
    const holding = options.mode ? Promise.resolve(heldAs(options.mode)) : findHold();
    const wall = await findWall().catch(async (error: unknown) => {
      await holding;
      group?.close();
      throw error;
    });
    const held = await holding;
    nested = held.mode === "namespace";
    // A sandbox can be a process namespace, too.
    const mode = options.mode ?? (wall?.holdsTree ? "namespace" : held.mode);
    const sets = wall ? wall.limits : limitsHere ? LIMIT_NAMES : [];
    const here = { isRoot: isRoot(), boundsNamespace: held.bound, sets };
    options.onMode(mode, heldLimits({ limits, ...here, hasGroup: group !== null }));
    return { mode, bound: held.bound };
  }

  /** With a control group where one can be joined. */
  async function findHold(): Promise<Probed> {
    group = openGroup();
    const held = await probeNamespace(environment, wrapping());
    if (group === null || held.mode === "namespace") return held;
    group.close();
    group = null;
    return probeNamespace(environment, wrapping());
  }

  function openGroup(): ControlGroup | null {
    if (limits === undefined || process.platform !== "linux") return null;
    return openControlGroup({ name: `harness-${marks.map(valueOf).join("-")}`, limits, isRoot: isRoot() });
  }

  const wrapping = () => ({ root: isRoot(), processes, group: group?.procs });
  const grouping = () => ({ hasGroup: group !== null });
  const limitsHere = hasPrlimit(environment["PATH"]);
  const limited = (command: readonly string[]) =>
    limits !== undefined && limitsHere ? limitCommand(command, kernelLimits(limits, grouping())) : command;

  /** Null where nothing stands around the tree. */
  async function findWall(): Promise<FoundWall | null> {
    const found = await options.wall?.find();
    return found === undefined || found.sandbox === "none" ? null : found;
  }

  function probe(): void {
    probed ??= findMode();
    // Whoever starts something is told.
    probed.catch(() => {});
  }

  async function start(command: readonly string[], place: StartPlace): Promise<StartedProcess> {
    const started = begin(command, place);
    starting.add(started);
    try {
      return await started;
    } finally {
      starting.delete(started);
    }
  }

  async function begin(
    command: readonly string[],
    { cwd, variables, ...walling }: StartPlace,
  ): Promise<StartedProcess> {
    probe();
    const { mode } = (await probed) ?? {};
    const wall = await findWall();
    unswept = true;
    const env = { ...variables, ...environment };
    // Its directory went with the last process in it. Nothing starts outside of one that cannot be made again.
    if (group !== null && live.size === 0) group = openGroup() ?? group;
    const hold = (held: readonly string[]) => wrapInNamespace(held, wrapping());
    const walled = { ...walling, ...grouping(), cwd, environment: env };
    const counted = group;
    const before = counted?.oomKills() ?? 0;
    const child = wall
      ? startWalled(await wall.wrap(command, walled), nested ? hold : null)
      : startHeld(mode === "namespace" ? hold(limited(command)) : limited(command), { cwd, env });
    const exited = new Promise<ProcessExit>((resolve, reject) => {
      child.once("exit", (code, signal) =>
        resolve({ code, signal, ...(counted !== null && counted.oomKills() > before ? { outOfMemory: true } : {}) }),
      );
      child.once("error", reject);
    });
    const { pid } = child;
    if (pid === undefined) {
      await exited;
      throw new Error(`${command[0]} did not start.`);
    }
    const forgotten = exited.finally(() => live.delete(pid));
    live.set(pid, forgotten);
    // A program that does not read its stdin to the end is no error of ours.
    child.stdin.on("error", () => {});
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited: forgotten };
  }

  async function stop(): Promise<void> {
    await Promise.allSettled(starting);
    if (!unswept) return;
    const ending = [...live.values()];
    for (const pid of await findTerminable()) sendSignal(pid, "SIGTERM");
    await Promise.race([
      Promise.all(ending),
      new Promise((resolve) => setTimeout(resolve, ending.length > 0 ? TERM_MS : 0)),
    ]);
    killNow();
    await Promise.all(ending);
    await sweepMarked(marks);
    unswept = live.size > 0;
    if (!unswept) group?.close();
  }

  /** Whom to ask to end. What builds a sandbox is not asked: it would take everything inside along, unasked. */
  async function findTerminable(): Promise<number[]> {
    const roots = [...live.keys()];
    const wall = await findWall().catch(() => null);
    if (!wall?.holdsTree) return roots.map((pid) => -pid);
    return findDescendants(roots).filter((pid) => !live.has(pid) && nameOf(pid) !== "bwrap");
  }

  function killNow(): void {
    const roots = [...live.keys()];
    if (roots.length === 0) return;
    // Descendants first: once their parents are dead nothing says whose they were.
    for (const pid of findDescendants(roots)) sendSignal(pid, "SIGKILL");
    for (const pid of roots) sendSignal(-pid, "SIGKILL");
  }

  function pids(): number[] {
    if (!unswept) return [];
    return [...new Set([...findMarked(marks), ...findDescendants([...live.keys()])])];
  }

  return { environment, start, probe, stop, pids, killNow, sweepLeftovers: () => sweepMarked(marks) };
}

const heldAs = (mode: TreeMode): Probed => ({ mode, bound: false });

/** Of `NAME=value`. */
const valueOf = (mark: string) => mark.slice(mark.indexOf("=") + 1);

function startWalled(
  wrapped: WrappedCommand,
  hold: ((command: readonly string[]) => readonly string[]) | null,
): ChildProcessWithoutNullStreams {
  const command = hold ? hold(wrapped.command) : wrapped.command;
  return startWrapped({ ...wrapped, command }) as ChildProcessWithoutNullStreams;
}

function startHeld(
  command: readonly string[],
  { cwd, env }: { cwd: string; env: Environment },
): ChildProcessWithoutNullStreams {
  const [program = "", ...args] = command;
  return spawn(program, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
}
