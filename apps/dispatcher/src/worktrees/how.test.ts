import { expect, test } from "vitest";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { edited, type Lab, openLab } from "./testing/lab.ts";
import { mergeSession } from "./testing/merge-session.ts";

const SLOW = { timeout: 120_000 };

const log = (lab: Lab, format: string, range = "main") => lab.git(lab.source, "log", `--format=${format}`, range);

/** The target has moved since the session began. */
async function begin(lab: Lab): Promise<string> {
  await lab.session("one");
  return lab.commit(lab.source, { "shared.txt": edited({ 27: "twenty-seven of main" }) }, "moved");
}

test("squash: one commit of the person that says what is in it", SLOW, async () => {
  await using lab = openLab();
  const target = await begin(lab);
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" }, "Add two");
  const tip = lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three" }) }, "Change three");
  const merge = await mergeSession(lab.context, { id: "one", how: "squash" });
  expect(merge).toMatchObject({ outcome: "merged", tip });
  expect(lab.git(lab.source, "rev-list", "--parents", "-1", "main")).toBe(`${merge.commit} ${target}`);
  expect(log(lab, "%B", "-1")).toBe(
    `Merge work/one\n\n* Add two\n* Change three\n\nHarness-Merge: one\nHarness-Tip: ${tip}`,
  );
  expect(lab.git(lab.source, "show", "main:shared.txt")).toBe(
    edited({ 3: "three", 27: "twenty-seven of main" }).trimEnd(),
  );
});

test("rebase: every commit on top of the target, with its author, its date and its words", SLOW, async () => {
  await using lab = openLab();
  const target = await begin(lab);
  const place = lab.worktree("one");
  lab.write(place, { "two.ts": "2\n" });
  lab.git(place, "add", "-A");
  const author = "--author=Bob Agent <bob@example.org>";
  lab.git(place, "commit", "-q", author, "--date=2020-02-03T04:05:06+0100", "-m", "Add two", "-m", "Why:\n  because.");
  lab.commit(place, { "shared.txt": edited({ 3: "three" }) }, "Change three");
  // What the target has already is left out.
  lab.commit(lab.source, { "same.txt": "same\n" }, "same here");
  lab.commit(place, { "same.txt": "same\n" }, "same there");
  const merge = await mergeSession(lab.context, { id: "one", how: "rebase" });
  expect(log(lab, "%s|%an|%ae|%aI|%cn", `${target}..main`).split("\n")).toEqual([
    expect.stringMatching(/^Change three\|Ada Person\|ada@example.org\|.*\|Ada Person$/),
    "Add two|Bob Agent|bob@example.org|2020-02-03T04:05:06+01:00|Ada Person",
    expect.stringMatching(/^same here/),
  ]);
  expect(log(lab, "%b", "main~1 -1".split(" ")[0])).toContain("Why:\n  because.");
  expect(lab.git(lab.source, "rev-parse", "main")).toBe(merge.commit);
  expect(lab.git(lab.source, "fsck", "--full", "--no-dangling")).toBe("");
});

test("commits that stand on the target already keep their names when they are rebased", async () => {
  await using lab = openLab();
  await lab.session("one");
  const tip = lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  const merge = await mergeSession(lab.context, { id: "one", how: "rebase" });
  expect([merge.commit, lab.git(lab.source, "rev-parse", "main")]).toEqual([tip, tip]);
});

test.each(["squash", "rebase"] as const)(
  "%s: what came in before does not come in again, even where the target changed it since",
  SLOW,
  async (how) => {
    await using lab = openLab();
    await begin(lab);
    lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three" }) }, "first");
    await mergeSession(lab.context, { id: "one", how });
    await expect(mergeSession(lab.context, { id: "one", how })).rejects.toMatchObject({ code: "nothing-to-merge" });
    lab.commit(lab.source, { "shared.txt": edited({ 3: "three, by the person", 27: "twenty-seven of main" }) });
    lab.commit(lab.worktree("one"), { "two.ts": "2\n" }, "second");
    expect((await mergeSession(lab.context, { id: "one", how })).outcome).toBe("merged");
    expect(lab.git(lab.source, "show", "main:shared.txt")).toContain("three, by the person");
    expect(log(lab, "%s", "-2").split("\n")[0]).toBe(how === "squash" ? "Merge work/one" : "second");
  },
);

test("a commit that does not fit is named with what it stands on, and nothing moves", SLOW, async () => {
  await using lab = openLab();
  const { start } = await lab.session("one");
  const ours = lab.commit(lab.source, { "shared.txt": edited({ 3: "three of main" }) });
  const theirs = lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three of one" }) });
  await expect(mergeSession(lab.context, { id: "one", how: "rebase" })).rejects.toMatchObject({
    code: "merge-conflict",
    details: { files: ["shared.txt"], base: start, ours, theirs },
  });
  expect(lab.git(lab.source, "rev-parse", "main")).toBe(ours);
});

test("a branch that has merged something cannot be rebased; it can be squashed", SLOW, async () => {
  await using lab = openLab();
  const target = await begin(lab);
  const place = lab.worktree("one");
  lab.commit(place, { "two.ts": "2\n" });
  // No fetch is needed: the hub has the target, and the session borrows from the hub.
  await expect(mergeSession(lab.context, { id: "one", into: "nope" })).rejects.toMatchObject({ code: "ref-not-found" });
  lab.git(place, "fetch", "-q", lab.source, "main");
  lab.git(place, "merge", "-q", "-m", "take main", target);
  await expect(mergeSession(lab.context, { id: "one", how: "rebase" })).rejects.toMatchObject({
    code: "branch-has-merges",
  });
  expect((await mergeSession(lab.context, { id: "one", how: "squash" })).outcome).toBe("merged");
});

test.each([
  ["squash", "planned"],
  ["squash", "objects"],
  ["squash", "branch"],
  ["rebase", "objects"],
  ["rebase", "branch"],
] as const)("%s killed after `%s` and run again comes in once", SLOW, async (how, step) => {
  await using lab = openLab();
  const target = await begin(lab);
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" }, "Add two");
  const script = join(import.meta.dirname, "testing/merge-and-die.ts");
  const env = { ...lab.context.environment, PATH: process.env["PATH"] };
  const died = spawnSync(process.execPath, [script, lab.context.root.path, step, how], { env, stdio: "ignore" });
  expect(died.signal).toBe("SIGKILL");
  const merge = await mergeSession(lab.context, { id: "one", how });
  expect(lab.git(lab.source, "rev-list", "--parents", "-1", "main")).toBe(`${merge.commit} ${target}`);
  await expect(mergeSession(lab.context, { id: "one", how })).rejects.toMatchObject({ code: "nothing-to-merge" });
});
