import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { type: "major" | "minor"; execution: "sync"; flavor?: "last-resort" }) => void;

let collect: Collect | undefined;

/**
 * Keeps Node from compiling to machine code: an agent process waits for disks and for others, and what the compilers
 * allocate outlives the work (about 3 MiB after a thousand messages).
 */
export function compileLittle(): void {
  for (const flag of ["--no-opt", "--no-maglev", "--no-sparkplug"]) setFlagsFromString(flag);
}

/** What the heap and the buffers beside it may come to during work: Node lets them grow to several times of what is in use. */
const GROWN_BYTES = 14_000_000;

export function isGrown(): boolean {
  const { total_physical_size: heap, external_memory: beside } = getHeapStatistics();
  return heap + beside > GROWN_BYTES;
}

/** Gives memory back after work: Node never does by itself once idle. Takes about 20 ms. */
export function shrink(): void {
  collect ??= findCollector();
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** Drops what the last few scans left, so that they keep using the same memory instead of ever more. Takes about 0.3 ms. */
export function collectYoung(): void {
  collect ??= findCollector();
  collect({ type: "minor", execution: "sync" });
}

// The collector is reachable only through a flag, which is taken back at once.
function findCollector(): Collect {
  setFlagsFromString("--expose-gc");
  const found = runInNewContext("gc") as Collect;
  setFlagsFromString("--no-expose-gc");
  return found;
}
