import type { Grant } from "@harness/credentials";
import { expect, test } from "vitest";
import { foldGrant } from "./fold-grant.ts";

const settled: Grant = { v: 1, session: "s", keyHash: "a", budget: { tokens: 1 } };
const b = { keyHash: "b", budget: { tokens: 2 } };
const c = { keyHash: "c", push: { ref: "refs/heads/x" } };

test.each([
  ["nobody", null, [], null],
  ["one that runs", settled, [], settled],
  ["one that is being started", null, [b], { v: 1, session: "s", keyHash: "b", budget: { tokens: 2 } }],
  [
    "one that runs and two that are being started, of which the newest says how much",
    settled,
    [b, c],
    { v: 1, session: "s", keyHash: "a", startingKeyHashes: ["b", "c"], push: { ref: "refs/heads/x" } },
  ],
  [
    "what an earlier dispatcher has left of its own starts",
    { ...settled, startingKeyHashes: ["x"] },
    [b],
    { v: 1, session: "s", keyHash: "a", startingKeyHashes: ["x", "b"], budget: { tokens: 2 } },
  ],
] as const)("%s", (_what, before, starts, expected) => {
  expect(JSON.parse(JSON.stringify(foldGrant("s", before, starts)))).toEqual(expected);
});
