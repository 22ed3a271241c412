import { mkdtempSync, rmSync, mkdirSync, writeFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { run } from "./processes.ts";

export const REPOSITORY = resolve(import.meta.dirname, "../..");
export const HARNESS = join(REPOSITORY, "apps/dispatcher/bin/harness");
export const HARNESS_AGENT = join(REPOSITORY, "packages/agent/bin/harness-agent");

const TMPFS_MAGIC = 0x01021994;

/** A directory on a disk filesystem: on tmpfs an fsync costs nothing, and every figure about messages would flatter. */
export function scratchDirectory(): { path: string; remove(): void } {
  for (const parent of [process.env["HARNESS_BENCH_DIR"], tmpdir(), "/var/tmp", REPOSITORY]) {
    if (parent === undefined || statfsSync(parent).type === TMPFS_MAGIC) continue;
    const path = mkdtempSync(join(parent, "harness-bench-"));
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
  }
  throw new Error("No disk filesystem to measure on. Name one with HARNESS_BENCH_DIR.");
}

/** A packed repository of `files` files in directories of a hundred, with one commit on `main`. */
export async function makeRepository(path: string, files: number): Promise<void> {
  for (let index = 0; index < files; index++) {
    const directory = join(path, `part-${Math.floor(index / 100)}`);
    if (index % 100 === 0) mkdirSync(directory, { recursive: true });
    writeFileSync(
      join(directory, `file-${index}.txt`),
      `file ${index}\n${"some text to make it look like source\n".repeat(8)}`,
    );
  }
  const git = (...args: string[]) =>
    run("git", ["-C", path, "-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args]);
  await git("init", "-q", "-b", "main");
  await git("add", "-A");
  await git("commit", "-q", "-m", "Start");
  await git("repack", "-a", "-d", "-q");
}
