import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { buildProgram, type Call } from "./elf.ts";
import { RECORD_BYTES, WAYS } from "./machine-code.ts";

export interface Making {
  /** Where a program may be written and started. */
  readonly directory: string;
  /** The way into the kernel that 32-bit programs take. */
  readonly old?: true;
}

/** Makes system calls by number and returns what each answered: below zero an errno. Null where that cannot be done here. */
export function makeCalls(calls: readonly Call[], { directory, old }: Making): number[] | null {
  const way = WAYS[process.arch];
  const assemble = old ? way?.old : way?.call;
  if (way === undefined || assemble === undefined || calls.length === 0) return null;
  const scratch = mkdtempSync(join(directory, "calls-"));
  try {
    const program = join(scratch, "program");
    writeFileSync(program, buildProgram(calls, { machine: way.machine, assemble }), { mode: 0o700 });
    const { stdout, status } = spawnSync(program, { timeout: 5_000, stdio: ["ignore", "pipe", "ignore"] });
    if (status !== 0 || stdout.length !== calls.length * RECORD_BYTES) return null;
    return calls.map((_, index) => Number(stdout.readBigInt64LE(index * RECORD_BYTES)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** `EPERM`, or `no error`. */
export function nameOf(answer: number): string {
  if (answer >= 0) return "no error";
  return Object.entries(constants.errno).find(([, number]) => number === -answer)?.[0] ?? `error ${-answer}`;
}
