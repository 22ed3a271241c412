import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { collectCommits } from "./commits.ts";
import { COMMIT } from "./headers.ts";

const TREE = `tree ${"1".repeat(40)}\n`;
const OLD = "2".repeat(40);
const BY = "author a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\n";

const oidOf = (text: string) => createHash("sha1").update(`commit ${text.length}\0${text}`).digest("hex");

function leads(text: string): boolean | null {
  const commits = collectCommits(20);
  commits.add({ type: COMMIT, size: text.length, length: 1, baseDistance: null, baseOid: null }, 12, Buffer.from(text));
  return commits.leads(oidOf(text), OLD);
}

test.each([
  ["a parent", `${TREE}parent ${OLD}\n${BY}`, true],
  ["the second of two", `${TREE}parent ${"3".repeat(40)}\nparent ${OLD}\n${BY}`, true],
  ["a parent whose line does not end, which git passes over", `${TREE}parent ${OLD}`, false],
  ["a parent after which nothing comes", `${TREE}parent ${OLD}\n`, false],
  ["a parent behind one that is none", `${TREE}parent 3\nparent ${OLD}\n${BY}`, false],
  ["a parent behind the author", `${TREE}${BY.trimEnd()}\nparent ${OLD}\n`, false],
  ["a parent without a tree", `parent ${OLD}\n${BY}`, false],
])("%s", (_, text, expected) => {
  expect(leads(text)).toBe(expected);
});

test("commits of nothing fill no memory", () => {
  const commits = collectCommits(20);
  const empty = { type: COMMIT, size: 0, length: 1, baseDistance: null, baseOid: null };
  for (let offset = 12; offset < 20_000; offset++) commits.add(empty, offset, Buffer.alloc(0));
  expect(commits.leads(OLD, "4".repeat(40))).toBe(null);
});
