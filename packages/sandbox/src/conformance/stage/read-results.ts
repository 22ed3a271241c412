import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Told } from "../try-all.ts";

const LOOK_MS = 20;
const RESULT_BYTES = 1024 * 1024;

export interface Results {
  readonly told: readonly Told[];
  /** How often the last attempt was made. */
  readonly runs: number;
}

/** What was told of the attempts so far. */
export function readResults(path: string): Results {
  if (!existsSync(path) || statSync(path).size > RESULT_BYTES) return { told: [], runs: 0 };
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const values = lines.map((line) => JSON.parse(line) as Told & { done?: true });
  return { told: values.filter(({ id }) => id !== undefined), runs: values.filter(({ done }) => done === true).length };
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
