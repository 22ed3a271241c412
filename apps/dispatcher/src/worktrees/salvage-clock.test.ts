import { createHash } from "node:crypto";
import { lstatSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { worktreePaths } from "./paths.ts";
import { salvage } from "./salvage.ts";
import { openLab } from "./testing/lab.ts";

/** Of an entry of an index (version 2), in front of its name: times, numbers, size, object id, flags. */
const ENTRY_BYTES = 62;
const CHECKSUM_BYTES = 20;

/** The index, with the times that a file has now in the place of those that it had. */
function withTimesOf(index: Buffer, { name, path }: { name: string; path: string }): Buffer {
  const bytes = Buffer.from(index.subarray(0, -CHECKSUM_BYTES));
  const at = bytes.indexOf(`${name}\0`) - ENTRY_BYTES;
  const { ctimeNs, mtimeNs } = lstatSync(path, { bigint: true });
  const billion = 1_000_000_000n;
  const times = [ctimeNs / billion, ctimeNs % billion, mtimeNs / billion, mtimeNs % billion];
  for (const [number, value] of times.entries()) bytes.writeUInt32BE(Number(value), at + number * 4);
  return Buffer.concat([bytes, createHash("sha1").update(bytes).digest()]);
}

test("what was changed in the very second, by a clock that was set back, in which it was checked out is kept", async () => {
  await using lab = openLab();
  const { hub } = await lab.session("one");
  const path = join(lab.worktree("one"), "shared.txt");
  const text = readFileSync(path, "utf8").toUpperCase();
  writeFileSync(path, text);
  const { freshIndex, settledIndex } = worktreePaths(lab.context.root, "one");
  writeFileSync(settledIndex, withTimesOf(readFileSync(freshIndex), { name: "shared.txt", path }));
  const later = Math.floor(lstatSync(path).mtimeMs / 1000) + 5;
  utimesSync(settledIndex, later, later);
  // By size and times it is the file that was checked out, and who looks at it may look again.
  expect((await diffSession(lab.context, { id: "one" })).files).toEqual([]);

  expect((await salvage(lab.context, { id: "one" })).uncommitted).toEqual({ modified: 1, untracked: 0 });
  expect(`${lab.git(hub, "show", "refs/harness/salvage/one:shared.txt")}\n`).toBe(text);
});
