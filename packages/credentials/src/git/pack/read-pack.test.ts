import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openPackReader } from "./read-pack.ts";

async function readIn(pack: Buffer, { pieces, hashBytes = 20 }: { pieces: number; hashBytes?: number }) {
  const reader = openPackReader(hashBytes);
  for (let at = 0; at < pack.length; at += pieces) await reader.write(pack.subarray(at, at + pieces));
  await reader.end();
  return reader.commits;
}

/** Commits that are much alike, so that git keeps some of them as deltas of others. */
function history(directory: string, format: string) {
  const env = { PATH: process.env["PATH"], HOME: directory, GIT_CONFIG_NOSYSTEM: "1" };
  const git = (input: string, ...words: string[]) =>
    execFileSync("git", ["-C", directory, ...words], { env, input, maxBuffer: 1 << 28 });
  git("", "init", "--quiet", `--object-format=${format}`);
  const message = randomBytes(3000).toString("hex");
  const commit = (parents: string[], name: string, size = 10) => {
    writeFileSync(join(directory, "file"), `${name}${randomBytes(size).toString("hex")}`);
    git("", "add", "--all");
    const tree = git("", "write-tree").toString().trim();
    const author = "a <a@example.invalid> 1700000000 +0000";
    const lines = [`tree ${tree}`, ...parents.map((oid) => `parent ${oid}`), `author ${author}`, `committer ${author}`];
    const text = `${lines.join("\n")}\n\n${message} ${name}\n`;
    return git(text, "hash-object", "-t", "commit", "-w", "--stdin").toString().trim();
  };
  const root = commit([], "root");
  let tip = root;
  for (let count = 0; count < 30; count++) tip = commit([tip], `step ${count}`);
  const side = commit([root], "side", 200_000);
  const merge = commit([side, tip], "merge");
  const pack = (range: string, ...options: string[]) =>
    git(`${range}\n`, "pack-objects", "--revs", "--stdout", "--quiet", ...options);
  return { git, root, tip, side, merge, pack };
}

test.each(["sha1", "sha256"])("finds the way through what git packs, %s", { timeout: 30_000 }, async (format) => {
  await using directory = temporaryDirectory();
  const { git, root, tip, side, merge, pack } = history(directory.path, format);
  const hashBytes = format === "sha1" ? 20 : 32;
  for (const options of [["--delta-base-offset"], [], ["--no-reuse-delta", "--window=50"]]) {
    const bytes = pack(`${merge}\n^${tip}\n^${root}`, ...options);
    for (const pieces of [bytes.length, 65_536, 997]) {
      const commits = await readIn(bytes, { pieces, hashBytes });
      expect(commits.leads(merge, tip)).toBe(true);
      expect(commits.leads(merge, side)).toBe(true);
      expect(commits.leads(side, tip)).toBe(false);
      expect(commits.leads(merge, "0".repeat(hashBytes * 2))).toBe(false);
    }
  }
  // All of them, most as deltas of each other: each has to be found to come to the root.
  const all = pack(`${tip}\n^${root}`, "--delta-base-offset", "--window=50");
  writeFileSync(join(directory.path, "all.pack"), all);
  const index = join(directory.path, "all.idx");
  git("", "index-pack", `--object-format=${format}`, "-o", index, join(directory.path, "all.pack"));
  const deltas = git("", "verify-pack", "-v", `--object-format=${format}`, index).toString();
  expect(deltas.split("\n").filter((line) => /^\w+ commit (?:\S+ +){4}[0-9a-f]+$/.test(line)).length).toBeGreaterThan(
    5,
  );
  for (const pieces of [31, all.length]) {
    const commits = await readIn(all, { pieces, hashBytes });
    expect([commits.leads(tip, root), commits.leads(root, tip)]).toEqual([true, false]);
  }
});

test("what is no whole pack is refused, wherever it is cut or changed", async () => {
  await using directory = temporaryDirectory();
  const { merge, tip, pack } = history(directory.path, "sha1");
  const bytes = pack(`${merge}\n^${tip}`);
  const outcome = (changed: Buffer) =>
    readIn(changed, { pieces: 64 }).then(
      () => "read",
      () => "refused",
    );
  expect(await outcome(bytes)).toBe("read");
  for (const length of [0, 5, 12, 40, 200, bytes.length - 21, bytes.length - 1])
    expect(await outcome(bytes.subarray(0, length)), `cut at ${length}`).toBe("refused");
  expect(await outcome(Buffer.concat([bytes, Buffer.from("x")]))).toBe("refused");
  for (const at of [0, 7, 11, 14, 60]) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    expect(await outcome(changed), `changed at ${at}`).toBe("refused");
  }
});
