import {
  chmodSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { worktreePaths } from "./paths.ts";
import { edited, hashTree, type Lab, openLab } from "./testing/lab.ts";

test("committed, staged, changed, new, deleted and renamed files are one diff against the base", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "gone.txt": "x\n", "old-name.txt": "a\nb\nc\nd\ne\n" });
  const { start } = await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "committed.ts": "1\n" });
  lab.write(place, { "staged.ts": "2\n", "shared.txt": edited({ 3: "three" }), "new/deep.ts": "3\n" });
  lab.git(place, "add", "staged.ts");
  rmSync(join(place, "gone.txt"));
  renameSync(join(place, "old-name.txt"), join(place, "new-name.txt"));
  const before = hashTree(place);
  const diff = await diffSession(lab.context, { id: "one" });
  expect(diff).toMatchObject({
    against: "base",
    from: start,
    cut: false,
    uncommitted: { modified: 3, untracked: 3 },
    nested: [],
  });
  expect(diff.files.map(({ path, status, added, removed }) => `${status} ${path} +${added} -${removed}`)).toEqual([
    "added committed.ts +1 -0",
    "deleted gone.txt +0 -1",
    "renamed new-name.txt +0 -0",
    "added new/deep.ts +1 -0",
    "modified shared.txt +1 -1",
    "added staged.ts +1 -0",
  ]);
  const marked = diff.files.map(({ path, uncommitted }) => [path, uncommitted] as const);
  expect(Object.fromEntries(marked)).toEqual({
    "committed.ts": null,
    "gone.txt": "modified",
    "new-name.txt": "untracked",
    "new/deep.ts": "untracked",
    "shared.txt": "modified",
    "staged.ts": "untracked",
  });
  expect(diff.patch).toContain("-line 3\n+three\n");
  expect(diff.stat).toMatch(/6 files changed, 4 insertions\(\+\), 2 deletions\(-\)/);
  expect(hashTree(place)).toBe(before);
});

test("a session that did nothing has an empty diff", async () => {
  await using lab = openLab();
  await lab.session("one");
  expect(await diffSession(lab.context, { id: "one" })).toMatchObject({ files: [], stat: "", patch: "" });
});

test("a change that keeps size and time is found, right after the start and later", async () => {
  await using lab = openLab();
  await lab.session("one");
  const { settledIndex } = worktreePaths(lab.context.root, "one");
  const { seen, sly } = slyChanges(lab);
  sly("export const one = 2;\n");
  expect(await seen()).toEqual(["src/one.ts"]);
  sly("export const one = 1;\n");
  await until(async () => (await seen()).length === 0 && existsSync(settledIndex));
  sly("export const one = 3;\n");
  expect(await seen()).toEqual(["src/one.ts"]);
});

test("a change that keeps size and time is found in the second of another one", async () => {
  await using lab = openLab();
  await lab.session("one");
  const { seen, sly } = slyChanges(lab);
  const made = Date.now();
  await until(() => Math.floor(Date.now() / 1000) > Math.floor(made / 1000));
  sly("export const one = 1;\n");
  expect(await seen()).toEqual([]);
  sly("export const one = 2;\n");
  expect(await seen()).toEqual(["src/one.ts"]);
});

function slyChanges(lab: Lab) {
  const file = join(lab.worktree("one"), "src/one.ts");
  const seen = async () => (await diffSession(lab.context, { id: "one" })).files.map(({ path }) => path);
  const sly = (text: string) => {
    const { atime, mtime } = statSync(file);
    writeFileSync(file, text);
    utimesSync(file, atime, mtime);
  };
  return { seen, sly };
}

test("against the target only the session's own part is shown, also after it has merged the target in", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  lab.commit(place, { "mine.ts": "1\n" });
  lab.commit(lab.source, { "theirs.ts": "2\n" });
  lab.git(place, "pull", "-q", "--no-rebase", "--no-edit", lab.source, "main");
  const names = async (against: "base" | "target") =>
    (await diffSession(lab.context, { id: "one", against })).files.map(({ path }) => path);
  expect(await names("base")).toEqual(["mine.ts", "theirs.ts"]);
  expect(await names("target")).toEqual(["mine.ts"]);
  await expect(diffSession(lab.context, { id: "one", against: "target", into: "nope" })).rejects.toMatchObject({
    code: "ref-not-found",
  });
  await expect(diffSession(lab.context, { id: "one", against: "target", into: "--output=x" })).rejects.toMatchObject({
    code: "branch-invalid",
  });
});

test("a long patch is cut between two lines and says so; the list of files stays whole", async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.write(lab.worktree("one"), { "a.txt": "ü\n".repeat(5000), "b.txt": "b\n" });
  const diff = await diffSession(lab.context, { id: "one", maxBytes: 5000 });
  expect(diff.cut).toBe(true);
  expect(Buffer.byteLength(diff.patch)).toBeLessThanOrEqual(5000);
  expect(diff.patch.endsWith("ü\n")).toBe(true);
  expect(diff.files).toHaveLength(2);
});

test("files become folders, folders become files, modes and links change: all of it is seen", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { file: "f\n", "folder/a.txt": "a\n", "run.sh": "r\n", "plain.txt": "p\n" });
  await lab.session("one");
  const place = lab.worktree("one");
  rmSync(join(place, "file"));
  lab.write(place, { "file/inside.txt": "i\n" });
  rmSync(join(place, "folder"), { recursive: true });
  lab.write(place, { folder: "now a file\n" });
  chmodSync(join(place, "run.sh"), 0o755);
  rmSync(join(place, "plain.txt"));
  symlinkSync("/etc/passwd", join(place, "plain.txt"));
  const { files, patch } = await diffSession(lab.context, { id: "one" });
  expect(files.map(({ path, status, newMode }) => `${path} ${status} ${newMode}`)).toEqual([
    "file deleted 000000",
    "file/inside.txt added 100644",
    "folder added 100644",
    "folder/a.txt deleted 000000",
    "plain.txt type changed 120000",
    "run.sh modified 100755",
  ]);
  expect(patch).toContain("+/etc/passwd");
  expect(patch).not.toContain("root:");
});

test("names that are no text, and names that look like options, do not stop it", async () => {
  await using lab = openLab();
  await lab.session("one");
  const place = lab.worktree("one");
  for (const name of [
    Buffer.from([0x66, 0xff, 0xfe]),
    Buffer.from("--output=PWNED"),
    Buffer.from("-rf"),
    Buffer.from("a\nb"),
    Buffer.from(":(glob)**"),
  ]) {
    writeFileSync(Buffer.concat([Buffer.from(`${place}/`), name]), "x\n");
  }
  const { files } = await diffSession(lab.context, { id: "one" });
  expect(files.map(({ path }) => path).toSorted()).toEqual(
    ["--output=PWNED", "-rf", ":(glob)**", "a\nb", "f\ufffd\ufffd"].toSorted(),
  );
});

test("ignored files are no part of it, nested repositories are named", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": "node_modules/\n" });
  await lab.session("one");
  const place = lab.worktree("one");
  lab.write(place, { "node_modules/x/index.js": "x\n" });
  mkdirSync(join(place, "vendor"));
  lab.git(place, "init", "-q", "vendor/lib");
  lab.commit(join(place, "vendor/lib"), { "lib.ts": "l\n" });
  const diff = await diffSession(lab.context, { id: "one" });
  expect(diff.files).toEqual([]);
  expect(diff.nested).toEqual(["vendor/lib"]);
});

test("line endings are converted as the repository says, and a lost index only costs time", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitattributes": "* text=auto\n*.bat text eol=crlf\n", "run.bat": "one\ntwo\n" });
  await lab.session("one");
  expect((await diffSession(lab.context, { id: "one" })).files).toEqual([]);
  const { freshIndex, settledIndex } = worktreePaths(lab.context.root, "one");
  for (const path of [freshIndex, settledIndex]) rmSync(path, { force: true });
  expect((await diffSession(lab.context, { id: "one" })).files).toEqual([]);
});
