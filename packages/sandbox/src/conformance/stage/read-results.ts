import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Told } from "../try-all.ts";

const LOOK_MS = 20;
const RESULT_BYTES = 1024 * 1024;
const VERDICTS: readonly unknown[] = ["held", "escaped", "not tried", "unseen"] satisfies Told["verdict"][];

export interface Results {
  readonly told: readonly Told[];
  /** How often the last attempt was made. */
  readonly runs: number;
}

/** What was told of the attempts so far. The file lies where the session can write, so that anything may be there. */
export function readResults(path: string): Results {
  const values = readText(path).split("\n").slice(0, -1).map(parseLine);
  return {
    told: values.flatMap((value) => (isTold(value) ? [value] : [])),
    runs: values.filter((value) => value?.["done"] === true).length,
  };
}

function readText(path: string): string {
  let descriptor: number;
  try {
    // Without waiting for whoever writes to a pipe, and without a look at what a link leads to.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return "";
  }
  try {
    const facts = fstatSync(descriptor);
    return facts.isFile() && facts.size <= RESULT_BYTES ? readFileSync(descriptor, "utf8") : "";
  } finally {
    closeSync(descriptor);
  }
}

function parseLine(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function isTold(value: Record<string, unknown> | null): value is Told & Record<string, unknown> {
  if (value === null) return false;
  const { id, verdict, seen, tookMs } = value;
  return typeof id === "string" && VERDICTS.includes(verdict) && typeof seen === "string" && typeof tookMs === "number";
}

export interface Awaiting {
  /** Nothing more can come. */
  readonly signal: AbortSignal;
  /** Of how many runs the end is awaited; one unless given. */
  readonly runs?: number;
}

/** Waits for the last attempt, or until nothing more can come. */
export async function awaitResults(path: string, { signal, runs = 1 }: Awaiting): Promise<readonly Told[]> {
  while (!signal.aborted && readResults(path).runs < runs) await sleep(LOOK_MS);
  return readResults(path).told;
}
