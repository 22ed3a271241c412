import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import { makeIndependent } from "./make-independent.ts";
import { mergeSession } from "./testing/merge-session.ts";
import { keepWork } from "./remove.ts";
import { edited, type Lab, openLab } from "./testing/lab.ts";

const SLOW = { timeout: 60_000 };

/** A session with a commit and a loose file, on top of a commit that the person then makes disappear. */
async function startOnDoomedCommit(lab: Lab): Promise<{ hub: string; doomed: string }> {
  const doomed = lab.commit(lab.source, { "doomed.txt": "d\n" }, "doomed");
  const { hub } = await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" }, "work");
  lab.write(lab.worktree("one"), { "loose.txt": "l\n" });
  return { hub, doomed };
}

function purge(lab: Lab): void {
  lab.git(lab.source, "reflog", "expire", "--expire=now", "--all");
  lab.git(lab.source, "gc", "-q", "--prune=now");
}

test(
  "sessions go on when their base was forced away and pruned, and what they did can still be merged",
  SLOW,
  async () => {
    await using lab = openLab();
    const { hub, doomed } = await startOnDoomedCommit(lab);
    lab.git(lab.source, "reset", "-q", "--hard", "HEAD^");
    lab.commit(lab.source, { "shared.txt": edited({ 1: "rewritten" }) }, "instead");
    purge(lab);
    expect(() => lab.git(lab.source, "cat-file", "-e", doomed)).toThrow("Command failed");
    // New work of another session has the hub follow the rewritten branch.
    await lab.session("two");
    lab.commit(lab.worktree("one"), { "three.ts": "3\n" }, "more");
    lab.git(lab.worktree("one"), "gc", "-q", "--prune=now");
    expect(lab.git(lab.worktree("one"), "fsck", "--full", "--no-dangling")).toBe("");
    expect((await diffSession(lab.context, { id: "one" })).files.map(({ path }) => path)).toEqual([
      "loose.txt",
      "three.ts",
      "two.ts",
    ]);
    await mergeSession(lab.context, { id: "one" });
    expect(lab.git(lab.source, "show", "main:three.ts")).toBe("3");
    expect(lab.git(lab.source, "show", "main:shared.txt")).toContain("rewritten");
    lab.git(lab.source, "fsck");
    lab.git(hub, "fsck");
  },
);

test("where the repository moved, merge says what to do, and a link to the new place is enough", SLOW, async () => {
  await using lab = openLab();
  await startOnDoomedCommit(lab);
  const moved = join(lab.path, "moved");
  renameSync(lab.source, moved);
  for (const verb of [
    () => mergeSession(lab.context, { id: "one" }),
    () => diffSession(lab.context, { id: "one", against: "target" }),
  ]) {
    await expect(verb()).rejects.toMatchObject({
      code: "base-lost",
      hint: expect.stringContaining("link from the old place"),
    });
  }
  expect((await diffSession(lab.context, { id: "one" })).files).toHaveLength(2);
  symlinkSync(moved, lab.source);
  await mergeSession(lab.context, { id: "one" });
  expect(lab.git(moved, "show", "main:two.ts")).toBe("2");
});

test("another repository in its place is not mistaken for it", SLOW, async () => {
  await using lab = openLab();
  await startOnDoomedCommit(lab);
  renameSync(lab.source, join(lab.path, "moved"));
  lab.git(lab.path, "init", "-q", "-b", "main", lab.source);
  const stranger = lab.commit(lab.source, { "stranger.txt": "s\n" }, "stranger");
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({ code: "git-failed" });
  expect(lab.git(lab.source, "rev-parse", "main")).toBe(stranger);
});

test("where the repository was deleted, and what the dispatcher remembered too, nothing is lost", SLOW, async () => {
  await using lab = openLab();
  const { hub } = await startOnDoomedCommit(lab);
  const { spec } = lab.context.root.session("one");
  const asked = {
    v: 1,
    id: "one",
    agent: { driver: "scripted" },
    repository: lab.source,
    branch: "work/one",
    base: "main",
  };
  writeFileSync(spec, JSON.stringify(asked));
  rmSync(lab.source, { recursive: true });
  rmSync(lab.context.root.runOf("one").directory, { recursive: true });
  const [line] = await keepWork(lab.context, { id: "one" });
  expect(line).toContain("refs/harness/salvage/one");
  expect(lab.git(hub, "show", "refs/harness/salvage/one:loose.txt")).toBe("l");
  await makeIndependent(lab.context, { id: "one" });
  renameSync(hub, `${hub}.away`);
  expect(lab.git(lab.worktree("one"), "fsck", "--full", "--no-dangling")).toBe("");
});
