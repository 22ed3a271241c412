import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isHarnessError, type SafeDirectory, systemCode } from "@harness/core";
import type { Mirror } from "./mirror.ts";
import { splitPaths } from "./snapshot.ts";
import { parseReflog } from "./session-refs.ts";

const SMALL_BYTES = 1024 * 1024;
const INDEX_BYTES = 512 * 1024 * 1024;
const FILES = 20_000;
const DEPTH = 16;
const OID = /\b([0-9a-f]{64}|[0-9a-f]{40})\b/g;

/**
 * Every object that something in a session's git directory names: refs, stashes, logs of refs, the index, and what an
 * unfinished merge or rebase stands on. Those that are not there are left out.
 */
export async function findEveryTip(mirror: Mirror, git: SafeDirectory): Promise<string[]> {
  const { record, head, refs, stashes } = mirror;
  const named = new Set([record.start, ...(head === null ? [] : [head]), ...refs.values(), ...stashes]);
  for (const oid of [...readLogs(git), ...readHeads(git), ...(await readIndex(mirror, git))]) named.add(oid);
  return pickPresent(mirror, [...named]);
}

function readLogs(git: SafeDirectory): string[] {
  const found: string[] = [];
  const budget = { files: FILES };
  const visit = (directory: SafeDirectory, depth: number) => {
    for (const raw of directory.names(FILES).names) {
      if (budget.files-- <= 0) return;
      const name = raw.toString("utf8");
      const text = readText(directory, name, SMALL_BYTES * 16);
      if (text !== null) found.push(...parseReflog(text));
      else if (depth < DEPTH) within(directory, name, (below) => visit(below, depth + 1));
    }
  };
  within(git, "logs", (logs) => visit(logs, 0));
  return found;
}

// MERGE_HEAD and its like, and where a rebase comes from and goes to.
function readHeads(git: SafeDirectory): string[] {
  const found: string[] = [];
  const take = (directory: SafeDirectory, pattern: RegExp) => {
    for (const raw of directory.names(FILES).names) {
      const name = raw.toString("utf8");
      if (pattern.test(name)) found.push(...((readText(directory, name, SMALL_BYTES) ?? "").match(OID) ?? []));
    }
  };
  take(git, /^([A-Z_]+_HEAD|AUTO_MERGE)$/);
  for (const name of ["rebase-merge", "rebase-apply", "sequencer"]) {
    within(git, name, (state) => take(state, /^(onto|orig-head|stopped-sha|autostash|head|abort-safety)$/));
  }
  return found;
}

// Read with a copy: the index of the mirror is ours.
async function readIndex(mirror: Mirror, git: SafeDirectory): Promise<string[]> {
  const bytes = readBytes(git, "index", INDEX_BYTES);
  if (bytes === null) return [];
  const copy = join(mirror.gitDirectory, "index.session");
  await writeFile(copy, bytes, { mode: 0o600 });
  const { code, bytes: listed } = await mirror.git(["ls-files", "--stage", "-z"], {
    env: { GIT_INDEX_FILE: copy },
    maxBytes: INDEX_BYTES,
    // An index that git cannot read names nothing.
    accept: [128],
  });
  if (code !== 0) return [];
  const entries = splitPaths(listed).map((entry) => entry.subarray(0, 80).toString("latin1"));
  return entries.filter((entry) => !entry.startsWith("160000")).flatMap((entry) => entry.split(" ")[1] ?? []);
}

async function pickPresent(mirror: Mirror, oids: string[]): Promise<string[]> {
  const input = oids.map((oid) => `${oid}\n`).join("");
  const { text } = await mirror.git(["cat-file", "--batch-check=%(objectname)"], { input });
  return text.split("\n").filter((line) => /^[0-9a-f]+$/.test(line));
}

function within(directory: SafeDirectory, name: string, visit: (below: SafeDirectory) => void): void {
  let below: SafeDirectory | null;
  try {
    below = directory.open(name);
  } catch (error) {
    if (isHarnessError(error) || systemCode(error) !== undefined) return;
    throw error;
  }
  if (below === null) return;
  try {
    visit(below);
  } finally {
    below.close();
  }
}

function readText(directory: SafeDirectory, name: string, limit: number): string | null {
  const bytes = readBytes(directory, name, limit);
  return bytes === null ? null : Buffer.from(bytes).toString("utf8");
}

function readBytes(directory: SafeDirectory, name: string, limit: number): Uint8Array | null {
  try {
    return directory.read(name, { limit }).bytes;
  } catch (error) {
    if (isHarnessError(error) || systemCode(error) !== undefined) return null;
    throw error;
  }
}
