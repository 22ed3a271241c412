import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, join } from "node:path";
import type { HeldLimits, ResourceLimits } from "@harness/core";
import type { Limits } from "@harness/sandbox";

/** More than a build opens, and less than what makes the machine short of them. */
const OPEN_FILES = 16_384;

/** Since Node 24 V8 sets aside 512 MiB for the code of each of its threads, writable from the start and hardly used. */
const SET_ASIDE = 576 * 1024 ** 2;
/** Beside a thread for each processor: the main one, and one more. */
const MORE_THREADS = 2;

export interface KernelLimitsWish {
  /** A control group counts the memory of all together: then a program may reserve what it never touches. */
  readonly hasGroup?: boolean;
  readonly processors?: number;
}

/** The limits of session.json as the kernel takes them, each process for itself but for their number. */
export function kernelLimits(limits: ResourceLimits = {}, wish: KernelLimitsWish = {}): Limits {
  const { hasGroup = false, processors = availableParallelism() } = wish;
  const { processes, memoryBytes, fileBytes } = limits;
  if (processes === undefined && memoryBytes === undefined && fileBytes === undefined) return {};
  return {
    openFiles: OPEN_FILES,
    ...(processes === undefined ? {} : { processes }),
    // Not the address space, of which V8 and others reserve far more than they use.
    ...(memoryBytes === undefined || hasGroup
      ? {}
      : { dataBytes: memoryBytes + SET_ASIDE * (processors + MORE_THREADS) }),
    ...(fileBytes === undefined ? {} : { fileBytes }),
  };
}

export interface Holding {
  readonly limits: ResourceLimits | undefined;
  readonly isRoot: boolean;
  /** The number of processes of the session's namespace is bounded, whoever runs there. */
  readonly boundsNamespace: boolean;
  /** What is set for each process. */
  readonly sets: readonly (keyof Limits)[];
  /** A control group counts all of the session together. */
  readonly hasGroup: boolean;
}

/** To what of the wanted limits the session's processes are held; undefined where nothing is wanted. Pure. */
export function heldLimits({ limits, isRoot, boundsNamespace, sets, hasGroup }: Holding): HeldLimits | undefined {
  if (limits === undefined) return undefined;
  const { processes, fileBytes } = limits;
  const memoryBytes = hasGroup ? limits.memoryBytes : kernelLimits(limits).dataBytes;
  // The kernel counts the processes of every user but root.
  const counts = hasGroup || boundsNamespace || (sets.includes("processes") && !isRoot);
  return {
    ...(counts && processes !== undefined ? { processes } : {}),
    ...((hasGroup || sets.includes("dataBytes")) && memoryBytes !== undefined ? { memoryBytes } : {}),
    ...(sets.includes("fileBytes") && fileBytes !== undefined ? { fileBytes } : {}),
    memoryOf: hasGroup ? "session" : "process",
  };
}

/** `prlimit` of util-linux is on that PATH. */
export function hasPrlimit(path: string | undefined): boolean {
  return (path ?? "").split(delimiter).some((directory) => existsSync(join(directory || ".", "prlimit")));
}
