import { expect, test } from "vitest";
import { openLab } from "./testing/lab.ts";
import { mergeSession } from "./testing/merge-session.ts";

const SLOW = { timeout: 120_000 };

test("a commit that says it took in another session's work keeps nobody from merging that", SLOW, async () => {
  await using lab = openLab();
  await lab.session("one");
  await lab.session("two");
  const tip = lab.commit(lab.worktree("one"), { "wanted.ts": "1\n" });
  lab.commit(lab.worktree("two"), { "two.ts": "2\n" }, `two\n\nHarness-Merge: one\nHarness-Tip: ${tip}`);
  await mergeSession(lab.context, { id: "two" });
  await mergeSession(lab.context, { id: "one" });
  expect(lab.git(lab.source, "ls-tree", "--name-only", "main").split("\n")).toContain("wanted.ts");
});
