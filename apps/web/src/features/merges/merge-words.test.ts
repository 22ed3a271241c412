import { expect, test } from "vitest";
import { mergeItem } from "../../../test/merge-item.ts";
import { conflictFiles, describeUncommitted, gateLine, outlook, standingOf } from "./merge-words.ts";

const problem = { code: "x", kind: "conflict", message: "It did not fit.", hint: "", details: {} };
const gate = {
  id: "gggggggggg",
  command: ["sh", "-c", "make test"],
  commit: "c",
  merges: 1,
  passed: false,
  sandbox: "bubblewrap",
  ended: "exit code 1",
  ms: 10,
  tail: "boom",
};
const waiting = {
  outcome: "waiting" as const,
  into: "main",
  commit: "c",
  tip: "t",
  branch: "harness/x",
  checkout: null,
  uncommitted: { modified: 0, untracked: 0 },
  line: "main is checked out in /my shop, which has 1 changed file, so the merge waits on harness/x. Take it with: git -C '/my shop' merge harness/x",
  take: "git -C '/my shop' merge harness/x",
};

test("a merge that waits says how many are before it", () => {
  expect(standingOf(mergeItem(), 0).sentence).toBe("It is next.");
  expect(standingOf(mergeItem(), 2)).toEqual({ tone: "rest", word: "waits", sentence: "2 merges before it." });
});

test("a result that waits on a branch is told without the command, which stands by itself", () => {
  const told = (take: string | null) =>
    standingOf(mergeItem({ state: "ended", outcome: "waiting", merge: { ...waiting, take } }), 0);
  expect(told(waiting.take)).toMatchObject({
    word: "waits on a branch",
    sentence: expect.stringMatching(/harness\/x\. Take it with:$/),
  });
  // An older dispatcher has said it in the line alone.
  expect(told(null).sentence).toBe(waiting.line);
});

test("a red gate is told without all that it printed", () => {
  const item = (isTargetRed: boolean) =>
    mergeItem({ state: "ended", outcome: "gate failed", gate, error: { ...problem, details: { isTargetRed } } });
  expect(standingOf(item(false), 0).sentence).toBe(
    "The gate is red with this merge, and green without it (exit code 1). Nothing was merged.",
  );
  expect(standingOf(item(true), 0).sentence).toMatch(/^The gate of main is red, with this merge and without it/);
});

test("the files of a conflict are read from an answer that may hold anything", () => {
  const ended = (files: unknown) =>
    mergeItem({ state: "ended", outcome: "conflict", error: { ...problem, details: { files } } });
  expect(conflictFiles(ended(["a", 3, "b"]))).toEqual(["a", "b"]);
  expect(conflictFiles(ended("a"))).toEqual([]);
  expect(standingOf(ended([]), 0)).toEqual({ tone: "fail", word: "conflict", sentence: "It did not fit." });
});

test("an outlook is one sentence", () => {
  expect(outlook({ outcome: "conflict", into: "main", files: ["a"] })).toBe("It conflicts with main in 1 file.");
  expect(describeUncommitted({ modified: 1, untracked: 2 })).toBe(
    "Not committed, so not part of it: 1 changed and 2 new files.",
  );
  expect(describeUncommitted({ modified: 0, untracked: 0 })).toBe("");
});

test("a gate is shown as it was written", () => {
  expect(gateLine(["sh", "-c", "npm ci && npm test"])).toBe("npm ci && npm test");
  expect(gateLine(["make", "test", "-j2"])).toBe("make test -j2");
  expect(gateLine(["make"])).toBe("make");
});
