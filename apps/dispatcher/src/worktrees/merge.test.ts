import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mergeSession } from "./testing/merge-session.ts";
import { worktreePaths } from "./paths.ts";
import { edited, hashTree, type Lab, openLab } from "./testing/lab.ts";

// Dozens of git processes: a busy machine takes its time.
const SLOW = { timeout: 120_000 };

/** Nothing of the person is checked out on main. */
function stepAside(lab: Lab): void {
  lab.git(lab.source, "checkout", "-q", "-b", "elsewhere");
}

const tipOf = (lab: Lab, ref = "main") => lab.git(lab.source, "rev-parse", ref);

test("two sessions that changed different lines of one file are both merged", SLOW, async () => {
  await using lab = openLab();
  await Promise.all([lab.session("one"), lab.session("two")]);
  const tips = [
    lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three of one" }) }, "one"),
    lab.commit(lab.worktree("two"), { "shared.txt": edited({ 27: "twenty-seven of two" }) }, "two"),
  ];
  const merges = await Promise.all(["one", "two"].map((id) => mergeSession(lab.context, { id })));
  expect(merges.map(({ outcome, into, tip, checkout }) => ({ outcome, into, tip, checkout }))).toEqual(
    tips.map((tip) => ({ outcome: "merged", into: "main", tip, checkout: lab.source })),
  );
  expect(readFileSync(join(lab.source, "shared.txt"), "utf8")).toBe(
    edited({ 3: "three of one", 27: "twenty-seven of two" }),
  );
  expect(lab.git(lab.source, "status", "--porcelain")).toBe("");
  expect(
    lab.git(lab.source, "log", "--first-parent", "--format=%an %(trailers:key=Harness-Merge,valueonly,separator=%x20)"),
  ).toMatch(/^Ada Person (one|two)\nAda Person (one|two)\nAda Person$/);
  expect(lab.git(lab.source, "fsck", "--full", "--no-dangling")).toBe("");
});

test("the same lines: the conflict is named before anything moves", SLOW, async () => {
  await using lab = openLab();
  const [one] = await Promise.all([lab.session("one"), lab.session("two")]);
  lab.commit(lab.worktree("one"), { "shared.txt": edited({ 3: "three of one" }) });
  const theirs = lab.commit(lab.worktree("two"), { "shared.txt": edited({ 3: "three of two" }) });
  await mergeSession(lab.context, { id: "one" });
  const ours = tipOf(lab);
  const before = [lab.source, lab.worktree("two")].map(hashTree);
  await expect(mergeSession(lab.context, { id: "two" })).rejects.toMatchObject({
    code: "merge-conflict",
    message: expect.stringContaining("shared.txt"),
    details: { into: "main", files: ["shared.txt"], base: one.start, ours, theirs },
  });
  expect([lab.source, lab.worktree("two")].map(hashTree)).toEqual(before);
  // Resolved by the session, it merges.
  const place = lab.worktree("two");
  lab.git(place, "fetch", "-q", lab.source, "main");
  expect(() => lab.git(place, "merge", "-q", "FETCH_HEAD")).toThrow(/merge -q FETCH_HEAD/);
  lab.commit(place, { "shared.txt": edited({ 3: "three of both" }) }, "resolved");
  expect((await mergeSession(lab.context, { id: "two" })).outcome).toBe("merged");
});

test("a file name that would fool a terminal is spelled out in the conflict", async () => {
  await using lab = openLab();
  const name = "evil\u001b[2J.txt";
  lab.commit(lab.source, { [name]: "a\n" });
  await lab.session("one");
  lab.commit(lab.worktree("one"), { [name]: "b\n" });
  lab.commit(lab.source, { [name]: "c\n" });
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({
    message: expect.stringContaining("evil\\u{1b}[2J.txt"),
    details: { files: [name] },
  });
});

test("a branch nobody has checked out only moves; the person's files stay as they are", async () => {
  await using lab = openLab();
  await lab.session("one");
  stepAside(lab);
  lab.write(lab.source, { "shared.txt": "mine, not committed\n" });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  const merge = await mergeSession(lab.context, { id: "one", message: "Add two\n\nBecause one was not enough." });
  expect(merge).toMatchObject({
    outcome: "merged",
    checkout: null,
    line: `work/one is merged into main (${merge.commit.slice(0, 10)}).`,
  });
  expect(tipOf(lab)).toBe(merge.commit);
  expect(lab.git(lab.source, "log", "-1", "--format=%B", "main")).toBe(
    "Add two\n\nBecause one was not enough.\n\nHarness-Merge: one",
  );
  expect(lab.git(lab.source, "status", "--porcelain")).toBe(" M shared.txt");
  expect(existsSync(join(lab.source, "two.ts"))).toBe(false);
  expect(lab.git(lab.source, "reflog", "-1", "--format=%gs", "main")).toBe("harness: merge work/one of session one");
});

test("what the session has not committed is counted and stays where it is", async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  lab.write(lab.worktree("one"), { "two.ts": "3\n", "new.ts": "n\n" });
  expect((await mergeSession(lab.context, { id: "one" })).uncommitted).toEqual({ modified: 1, untracked: 1 });
  expect(readFileSync(join(lab.source, "two.ts"), "utf8")).toBe("2\n");
});

test("nothing to merge is said, before and after a merge", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  const refused = { code: "nothing-to-merge" };
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject(refused);
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await mergeSession(lab.context, { id: "one" });
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject(refused);
  lab.commit(lab.worktree("one"), { "three.ts": "3\n" });
  expect((await mergeSession(lab.context, { id: "one" })).outcome).toBe("merged");
  expect(lab.git(lab.source, "rev-list", "--merges", "--count", "main")).toBe("2");
});

test("a session merges into another branch, and into one it goes on with", SLOW, async () => {
  await using lab = openLab();
  lab.git(lab.source, "branch", "release");
  lab.git(lab.source, "branch", "feature");
  await lab.session("one", { branch: "feature", continue: true });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  for (const into of ["release", "feature", "main"]) {
    expect((await mergeSession(lab.context, { id: "one", into })).into).toBe(into);
    expect(lab.git(lab.source, "show", `${into}:two.ts`)).toBe("2");
  }
});

test.each(["nope", "--output=x", "-x", "main~1", "refs/heads/main"])(
  "into %j is refused before anything is read",
  async (into) => {
    await using lab = openLab();
    await lab.session("one");
    lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
    const before = hashTree(lab.source);
    await expect(mergeSession(lab.context, { id: "one", into })).rejects.toMatchObject({
      code: expect.stringMatching(/^(ref-not-found|branch-invalid)$/),
    });
    expect(hashTree(lab.source)).toBe(before);
  },
);

test("a session that did not start from a branch has to be told where to", async () => {
  await using lab = openLab();
  await lab.session("one", { base: "main~0" });
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({
    code: "ref-not-found",
    hint: expect.stringContaining("--into"),
  });
  expect((await mergeSession(lab.context, { id: "one", into: "main" })).outcome).toBe("merged");
});

test("a repository that has moved away is named", async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  renameSync(lab.source, `${lab.source}-away`);
  await expect(mergeSession(lab.context, { id: "one" })).rejects.toMatchObject({
    code: "base-lost",
    message: expect.stringContaining(lab.source),
  });
});

test("no hook of the repository runs: what a session brings could be one", async () => {
  await using lab = openLab();
  await lab.session("one");
  const canary = join(lab.path, "canary");
  for (const name of [
    "post-merge",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "pre-merge-commit",
  ]) {
    writeFileSync(join(lab.source, ".git/hooks", name), `#!/bin/sh\necho ${name} >> ${canary}\n`);
    chmodSync(join(lab.source, ".git/hooks", name), 0o755);
  }
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  expect((await mergeSession(lab.context, { id: "one" })).checkout).toBe(lab.source);
  expect(existsSync(canary)).toBe(false);
});

test(
  "a target that moves while the merge is worked out is merged anew; one that never rests is given up",
  SLOW,
  async () => {
    await using lab = openLab();
    await lab.session("one");
    stepAside(lab);
    lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
    const bump = () => {
      const next = lab.git(lab.source, "commit-tree", "main^{tree}", "-p", "main", "-m", "bump");
      lab.git(lab.source, "update-ref", "refs/heads/main", next);
      return next;
    };
    await expect(
      mergeSession(lab.context, { id: "one", onStep: (step) => void (step === "objects" && bump()) }),
    ).rejects.toMatchObject({ code: "target-moved" });
    let moves = 0;
    let last = "";
    const merge = await mergeSession(lab.context, {
      id: "one",
      onStep: (step) => {
        if (step === "objects" && moves++ < 2) last = bump();
      },
    });
    expect(merge.outcome).toBe("merged");
    expect(lab.git(lab.source, "rev-parse", "main^1", "main^2")).toBe(`${last}\n${merge.tip}`);
    expect(lab.git(lab.source, "rev-list", "--merges", "--count", "main")).toBe("1");
  },
);

test("the session's record of its last merge is kept beside it", async () => {
  await using lab = openLab();
  await lab.session("one");
  lab.commit(lab.worktree("one"), { "two.ts": "2\n" });
  const from = tipOf(lab);
  const { commit, tip } = await mergeSession(lab.context, { id: "one" });
  const record: unknown = JSON.parse(readFileSync(worktreePaths(lab.context.root, "one").merge, "utf8"));
  expect(record).toMatchObject({ v: 1, session: "one", state: "merged", into: "main", from, tip, commit, aside: null });
});
