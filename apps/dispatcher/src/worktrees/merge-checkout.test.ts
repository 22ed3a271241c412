import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeSession } from "./testing/merge-session.ts";
import { edited, type Lab, openLab } from "./testing/lab.ts";

const tipOf = (lab: Lab, ref = "main") => lab.git(lab.source, "rev-parse", ref);

async function withCommit(
  lab: Lab,
  files: Record<string, string> = { "shared.txt": edited({ 3: "three" }), "new/two.ts": "2\n" },
): Promise<void> {
  await lab.session("one");
  lab.commit(lab.worktree("one"), files);
}

const SLOW = { timeout: 120_000 };

async function expectWaiting(lab: Lab, why: RegExp) {
  const before = tipOf(lab);
  const merge = await mergeSession(lab.context, { id: "one" });
  expect(merge).toMatchObject({ outcome: "waiting", branch: "harness/one", checkout: null });
  expect(merge.line).toMatch(why);
  expect(merge.line).toMatch(/so the merge waits on harness\/one\. Take it with: git -C \S+ merge harness\/one$/);
  expect([tipOf(lab), tipOf(lab, "harness/one")]).toEqual([before, merge.commit]);
  return merge;
}

test(
  "a clean checkout of the target comes along, with files that are new and without those that are gone",
  SLOW,
  async () => {
    await using lab = openLab();
    await lab.session("one");
    lab.git(lab.worktree("one"), "rm", "-q", "src/one.ts");
    lab.commit(lab.worktree("one"), { "new/two.ts": "2\n" });
    lab.write(lab.source, { "untracked.txt": "mine\n" });
    const merge = await mergeSession(lab.context, { id: "one" });
    expect(merge).toMatchObject({ outcome: "merged", checkout: lab.source });
    expect(lab.git(lab.source, "status", "--porcelain")).toBe("?? untracked.txt");
    expect([existsSync(join(lab.source, "new/two.ts")), existsSync(join(lab.source, "src/one.ts"))]).toEqual([
      true,
      false,
    ]);
    expect(lab.git(lab.source, "reflog", "-1", "--format=%H", "HEAD")).toBe(merge.commit);
  },
);

test("what waits is taken by a command that a shell reads as it is meant, wherever the checkout is", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  lab.git(lab.source, "checkout", "-q", "-b", "elsewhere");
  const linked = join(lab.path, "my $(touch pwned) 'checkout'");
  lab.git(lab.source, "worktree", "add", "-q", linked, "main");
  writeFileSync(join(linked, "shared.txt"), edited({ 9: "mine" }));
  const merge = await mergeSession(lab.context, { id: "one" });
  expect(merge).toMatchObject({ outcome: "waiting", line: expect.stringContaining(`Take it with: ${merge.take}`) });
  lab.git(linked, "checkout", "-q", "--", ".");
  execFileSync("sh", ["-c", merge.take ?? ""], { cwd: lab.path, env: { ...process.env, ...lab.context.environment } });
  expect(tipOf(lab)).toBe(merge.commit);
  expect(existsSync(join(lab.path, "pwned"))).toBe(false);
  expect(existsSync(join(linked, "new/two.ts"))).toBe(true);
});

test("a linked checkout of the target comes along, too", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  lab.git(lab.source, "checkout", "-q", "-b", "elsewhere");
  const linked = join(lab.path, "linked");
  lab.git(lab.source, "worktree", "add", "-q", linked, "main");
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged", checkout: linked });
  expect(lab.git(linked, "status", "--porcelain")).toBe("");
  expect(readFileSync(join(linked, "new/two.ts"), "utf8")).toBe("2\n");
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
});

test.each([
  ["changed", (lab: Lab) => lab.write(lab.source, { "src/one.ts": "mine\n" })],
  ["staged", (lab: Lab) => (lab.write(lab.source, { "mine.ts": "mine\n" }), lab.git(lab.source, "add", "mine.ts"))],
  ["deleted", (lab: Lab) => rmSync(join(lab.source, "src/one.ts"))],
])("with a file that is %s the merge waits, and the files and the index are not touched", async (_, dirty) => {
  await using lab = openLab();
  await withCommit(lab);
  dirty(lab);
  const look = () => [
    lab.git(lab.source, "status", "--porcelain"),
    lab.git(lab.source, "diff", "HEAD"),
    readFileSync(join(lab.source, ".git/index")).toString("hex"),
  ];
  const before = look();
  await expectWaiting(lab, /^main is checked out in \S+, which has 1 changed file,/);
  expect(look()).toEqual(before);
});

test(
  "a waiting merge is finished when the tree is clean again, without a second commit and without the branch",
  SLOW,
  async () => {
    await using lab = openLab();
    await withCommit(lab);
    lab.write(lab.source, { "src/one.ts": "mine\n" });
    const { commit } = await expectWaiting(lab, /changed file/);
    expect((await mergeSession(lab.context, { id: "one" })).commit).toBe(commit);
    lab.git(lab.source, "checkout", "-q", "--", ".");
    expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({
      outcome: "merged",
      commit,
      checkout: lab.source,
    });
    expect(lab.git(lab.source, "branch", "--list", "harness/*")).toBe("");
  },
);

test("a waiting merge that the person takes is finished, too", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  lab.write(lab.source, { "src/one.ts": "mine\n" });
  const { commit } = await expectWaiting(lab, /changed file/);
  lab.git(lab.source, "merge", "-q", "harness/one");
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "merged", commit });
  expect(lab.git(lab.source, "branch", "--list", "harness/*")).toBe("");
  expect(readFileSync(join(lab.source, "src/one.ts"), "utf8")).toBe("mine\n");
});

test(
  "a waiting merge is replaced when the target or the session has moved on, but never what the person put there",
  SLOW,
  async () => {
    await using lab = openLab();
    await withCommit(lab);
    lab.write(lab.source, { "src/one.ts": "mine\n" });
    await expectWaiting(lab, /changed file/);
    lab.commit(lab.worktree("one"), { "three.ts": "3\n" });
    const second = await expectWaiting(lab, /changed file/);
    const theirs = lab.git(lab.source, "commit-tree", "harness/one^{tree}", "-p", "harness/one", "-m", "theirs");
    lab.git(lab.source, "update-ref", "refs/heads/harness/one", theirs);
    lab.commit(lab.worktree("one"), { "four.ts": "4\n" });
    const third = await mergeSession(lab.context, { id: "one" });
    expect(third.branch).toBe(`harness/one-${third.commit.slice(0, 10)}`);
    expect(tipOf(lab, "harness/one")).toBe(theirs);
    expect(third.commit).not.toBe(second.commit);
  },
);

test("a branch called harness is no obstacle", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  lab.git(lab.source, "branch", "harness");
  lab.write(lab.source, { "src/one.ts": "mine\n" });
  expect(await mergeSession(lab.context, { id: "one" })).toMatchObject({ outcome: "waiting", branch: "harness-one" });
});

test.each([
  ["untracked", "", "new/two.ts"],
  ["ignored", "/new\n", "new/two.ts"],
  ["ignored, and a file where a folder is needed", "/new\n", "new"],
])("a file in the way that is %s is not overwritten", async (_, ignore, path) => {
  await using lab = openLab();
  lab.commit(lab.source, { ".gitignore": ignore });
  await lab.session("one");
  lab.write(lab.worktree("one"), { "new/two.ts": "2\n" });
  lab.git(lab.worktree("one"), "add", "-f", "new/two.ts");
  lab.git(lab.worktree("one"), "commit", "-q", "-m", "two");
  lab.write(lab.source, { [path]: "mine\n" });
  expect((await expectWaiting(lab, /would overwrite: /)).line).toContain(`would overwrite: ${path},`);
  expect(readFileSync(join(lab.source, path), "utf8")).toBe("mine\n");
});

test("a file that becomes a folder and a folder that becomes a file come along", SLOW, async () => {
  await using lab = openLab();
  lab.commit(lab.source, { file: "f\n", "folder/a": "a\n" });
  await lab.session("one");
  const place = lab.worktree("one");
  lab.git(place, "rm", "-q", "-r", "file", "folder");
  lab.commit(place, { "file/inside": "i\n", folder: "now a file\n" });
  expect((await mergeSession(lab.context, { id: "one" })).outcome).toBe("merged");
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
  expect(readFileSync(join(lab.source, "folder"), "utf8")).toBe("now a file\n");
});

test("in the middle of a merge, a rebase or a bisection the person is left alone", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  writeFileSync(join(lab.source, ".git/MERGE_HEAD"), `${tipOf(lab)}\n`);
  await expectWaiting(lab, /not finished \(MERGE_HEAD\)/);
  rmSync(join(lab.source, ".git/MERGE_HEAD"));
  lab.git(lab.source, "checkout", "-q", "--detach");
  mkdirSync(join(lab.source, ".git/rebase-merge"));
  writeFileSync(join(lab.source, ".git/rebase-merge/head-name"), "refs/heads/main\n");
  await expectWaiting(lab, /^main is being rebased,/);
  rmSync(join(lab.source, ".git/rebase-merge"), { recursive: true });
  writeFileSync(join(lab.source, ".git/BISECT_START"), "main\n");
  const { commit } = await expectWaiting(lab, /^main is being bisected,/);
  expect(tipOf(lab, "harness/one")).toBe(commit);
});

test("a lock of the person's own git makes the merge wait", SLOW, async () => {
  await using lab = openLab();
  await withCommit(lab);
  writeFileSync(join(lab.source, ".git/index.lock"), "");
  await expectWaiting(lab, /index\.lock/);
  expect(lab.git(lab.source, "diff", "--name-only", "HEAD")).toBe("");
});

test(
  "when the branch moves or is left at the last moment the files go back, and the merge begins anew",
  SLOW,
  async () => {
    await using lab = openLab();
    await withCommit(lab);
    let moved = false;
    const merge = await mergeSession(lab.context, {
      id: "one",
      onStep: (step) => {
        if (step !== "files" || moved) return;
        moved = true;
        const next = lab.git(lab.source, "commit-tree", "main^{tree}", "-p", "main", "-m", "bump");
        execFileSync("git", ["symbolic-ref", "HEAD", "refs/heads/other"], { cwd: lab.source });
        lab.git(lab.source, "update-ref", "refs/heads/main", next);
        lab.git(lab.source, "update-ref", "refs/heads/other", merge0(lab));
      },
    });
    expect(merge.outcome).toBe("merged");
    expect(lab.git(lab.source, "rev-list", "--merges", "--count", "main")).toBe("1");
    expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
  },
);

const merge0 = (lab: Lab) => lab.git(lab.source, "rev-list", "--max-parents=0", "main");
