import { expect, test } from "vitest";
import { costOfCall, type PassedCall } from "./cost-of-call.ts";

const call: PassedCall = {
  outcome: "answered",
  status: 200,
  said: { input: 10, output: 20 },
  written: 500,
  requestBytes: 4000,
  isSent: true,
};

test.each([
  ["what the provider says is believed", {}, { inputTokens: 10, outputTokens: 20 }],
  [
    "but not of a call that was broken off before it could say more",
    { outcome: "aborted" },
    { inputTokens: 10, outputTokens: 500, estimated: true },
  ],
  [
    "nor of one that the provider broke off",
    { outcome: "broken" },
    { inputTokens: 10, outputTokens: 500, estimated: true },
  ],
  [
    "unless it had said more than what passed",
    { outcome: "aborted", written: 5 },
    { inputTokens: 10, outputTokens: 20 },
  ],
  ["where it says nothing, length counts", { said: null }, { inputTokens: 1000, outputTokens: 500, estimated: true }],
  ["a refused call costs nothing", { status: 429, said: null }, { inputTokens: 0, outputTokens: 0 }],
  [
    "one that was given up unanswered costs what it asked",
    { outcome: "aborted", status: null, said: null, written: null },
    { inputTokens: 1000, outputTokens: 0, estimated: true },
  ],
  [
    "but nothing where it was not asked to the end",
    { outcome: "aborted", status: null, said: null, written: null, isSent: false },
    { inputTokens: 0, outputTokens: 0 },
  ],
  [
    "nor where the provider cannot be reached",
    { outcome: "broken", status: null, said: null, written: null },
    { inputTokens: 0, outputTokens: 0 },
  ],
] as const)("%s", (_what, changes, cost) => {
  expect(costOfCall({ ...call, ...changes })).toEqual(cost);
});
