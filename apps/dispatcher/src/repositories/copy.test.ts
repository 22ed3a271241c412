import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "../worktrees/diff.ts";
import { inspectSource } from "../worktrees/source.ts";
import { keepWork } from "../worktrees/remove.ts";
import { openLab, type Lab } from "../worktrees/testing/lab.ts";
import { readCopied } from "./copied-files.ts";
import { giveFiles } from "./give-files.ts";

/** A session `one` of the lab's repository, given what the patterns name. */
async function give(lab: Lab, copy: string[], options: { base?: string } = {}) {
  const { branch } = await lab.session("one", options);
  const source = await inspectSource(lab.context, { path: lab.source });
  const notes = await giveFiles(lab.context, { id: "one", source, settings: { copy } });
  return { notes, branch, worktree: lab.worktree("one"), files: readCopied(lab.context.root, "one").files };
}

test("what git ignores is copied with its mode, found by path and by pattern", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": ".env*\nsecret/\n", "apps/web/index.ts": "" });
  lab.write(lab.source, {
    ".env": "KEY=1\n",
    "apps/web/.env.local": "A=1\n",
    "secret/a b.pem": "pem",
    "other.env": "no",
  });
  chmodSync(join(lab.source, ".env"), 0o640);
  chmodSync(join(lab.source, "secret/a b.pem"), 0o400);
  const { notes, worktree, files } = await give(lab, [".env", "apps/*/.env.local", "secret/**", "absent"]);
  expect(files).toEqual([".env", "apps/web/.env.local", "secret/a b.pem"]);
  expect(notes).toEqual([]);
  expect(readFileSync(join(worktree, ".env"), "utf8")).toBe("KEY=1\n");
  expect(statSync(join(worktree, ".env")).mode & 0o777).toBe(0o640);
  expect(statSync(join(worktree, "secret/a b.pem")).mode & 0o777).toBe(0o400);
  expect(existsSync(join(worktree, "other.env"))).toBe(false);
});

test("what is copied is no work of the session, also where only the person's own settings ignore it", async () => {
  await using lab = openLab();
  writeFileSync(join(lab.source, ".git/info/exclude"), "local[1].conf\nnotes *\n");
  lab.write(lab.source, { "local1.conf": "x", "notes ?": "x" });
  const { worktree, files } = await give(lab, ["local1.conf", "notes*"]);
  expect(files).toEqual(["local1.conf", "notes ?"]);
  expect((await diffSession(lab.context, { id: "one" })).files).toEqual([]);
  expect(lab.git(worktree, "status", "--porcelain")).toBe("");
  expect(await keepWork(lab.context, { id: "one" })).toEqual([]);
  // A file of another name is.
  writeFileSync(join(worktree, "notes !"), "x");
  expect((await diffSession(lab.context, { id: "one" })).files.map(({ path }) => path)).toEqual(["notes !"]);
});

test("what git does not know yet is copied too, and is then a new file of the session", async () => {
  await using lab = openLab();
  lab.write(lab.source, { "draft.txt": "x" });
  const { files } = await give(lab, ["draft.txt"]);
  expect(files).toEqual(["draft.txt"]);
  expect((await diffSession(lab.context, { id: "one" })).files.map(({ path }) => path)).toEqual(["draft.txt"]);
});

test("tracked files are neither copied nor overwritten, and no link is followed on either side", async () => {
  await using lab = openLab();
  lab.git(lab.source, "switch", "-q", "-c", "other");
  lab.commit(lab.source, { ".env": "committed\n" });
  symlinkSync("/tmp", join(lab.source, "config"));
  lab.commit(lab.source, {}, "a link");
  lab.git(lab.source, "switch", "-q", "main");
  lab.commit(lab.source, { ".gitignore": ".env\nconfig/\nlinked\nto-etc\n", "tracked.txt": "one\n" });
  lab.write(lab.source, { ".env": "mine\n", "config/harness-copy-test": "x", "tracked.txt": "changed\n" });
  symlinkSync("/etc/passwd", join(lab.source, "linked"));
  symlinkSync("/etc", join(lab.source, "to-etc"));
  const patterns = [".env", "config/**", "linked", "to-etc/**", "to-etc/passwd", "tracked.txt"];
  const { notes, worktree, files } = await give(lab, patterns, { base: "other" });
  expect(files).toEqual([]);
  expect(readFileSync(join(worktree, ".env"), "utf8")).toBe("committed\n");
  expect(lstatSync(join(worktree, "config")).isSymbolicLink()).toBe(true);
  expect(existsSync("/tmp/harness-copy-test")).toBe(false);
  expect(notes).toEqual([
    ".env was not copied: the branch has it.",
    "config/harness-copy-test was not copied: the branch has something else in the place of its folder.",
    "linked was not copied: it is a link.",
  ]);
});

test("repositories inside, pipes and what is too large stay where they are, and that is told", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": "big/\ninner/\nsecond\n" });
  lab.git(lab.path, "init", "-q", join(lab.source, "inner"));
  lab.write(lab.source, { "inner/file": "x" });
  mkdirSync(join(lab.source, "big"));
  writeFileSync(join(lab.source, "big/one"), Buffer.alloc(10 * 1024 * 1024 + 1));
  for (let n = 0; n < 11; n++) writeFileSync(join(lab.source, `big/part${10 + n}`), Buffer.alloc(10 * 1024 * 1024));
  const { notes, files } = await give(lab, ["big/**", "inner/**"]);
  expect(files).toHaveLength(10);
  expect(notes).toEqual([
    "big/one was not copied: it has more than 10 MiB.",
    "big/part20 was not copied: there are too many.",
  ]);
});
