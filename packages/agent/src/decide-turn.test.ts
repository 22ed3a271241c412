import { describe, expect, it } from "vitest";
import { decideTurn, type TurnFacts } from "./decide-turn.ts";

const model = { code: "model-overloaded", text: "The model endpoint answered 529." };
const overdue = { code: "agent-silent", text: "Nothing was heard." };
const own = { code: "agent-failed", text: "Something broke." };
const crashed = { code: "agent-crashed", text: "It was killed." };
const untouched = { moved: false, changed: 0 };

const ended = (stopReason: TurnFacts["end"]["stopReason"], rest: Partial<TurnFacts["end"]> = {}) => ({
  end: { stopReason, ...rest },
});
const facts = (part: Partial<TurnFacts>): TurnFacts => ({
  ...ended("end_turn"),
  cause: null,
  text: "Done.",
  tools: 1,
  narrates: true,
  model: null,
  worktree: untouched,
  ...part,
});
const silent = { text: " \n", tools: 0 };

describe("a turn comes to", () => {
  it.each<[string, string | undefined, string, Partial<TurnFacts>]>([
    ["end_turn", undefined, "the coding agent's word", {}],
    ["failed", "model-overloaded", "its model's failure, whatever it says", { model }],
    ["failed", "model-overloaded", "its model's failure when it failed itself", { ...ended("failed"), model }],
    ["failed", "model-overloaded", "rather than its own words for it", { ...ended("failed", { failure: own }), model }],
    ["failed", "agent-crashed", "unless it crashed", { ...ended("failed", { failure: crashed }), model }],
    ["failed", "agent-failed", "its own failure where the model did not fail", ended("failed", { failure: own })],
    ["failed", "agent-failed", "a failure in words alone", ended("failed", { note: "It ended with exit code 3." })],
    ["failed", undefined, "a failure that nobody can name", ended("failed")],
    ["failed", "empty-turn", "nothing", silent],
    ["failed", "empty-turn", "nothing without a worktree", { ...silent, worktree: null }],
    ["failed", "model-overloaded", "nothing because of its model", { ...silent, model }],
    ["end_turn", undefined, "a tool call", { ...silent, tools: 1 }],
    ["end_turn", undefined, "a word", { ...silent, text: "ok" }],
    ["end_turn", undefined, "a note", { ...silent, ...ended("end_turn", { note: "The script is over." }) }],
    ["end_turn", undefined, "a changed file", { ...silent, worktree: { moved: false, changed: 1 } }],
    ["end_turn", undefined, "a commit", { ...silent, worktree: { moved: true, changed: 0 } }],
    ["end_turn", undefined, "files too many to look at", { ...silent, worktree: { ...untouched, more: true } }],
    ["end_turn", undefined, "nothing that a silent driver tells", { ...silent, narrates: false }],
    ["max_tokens", undefined, "a limit of the model", ended("max_tokens")],
    ["refusal", undefined, "a refusal, even without a word", { ...ended("refusal"), ...silent }],
    ["cancelled", undefined, "a person's cancel", { cause: "cancel", ...ended("failed"), model }],
    ["cancelled", undefined, "a close", { cause: "close", model }],
    ["interrupted", undefined, "a stop", { cause: "stop", model }],
    ["interrupted", undefined, "a failing disk", { cause: "storage" }],
    ["timeout", "agent-silent", "a deadline", { cause: "time", overdue, ...ended("cancelled") }],
    ["timeout", "agent-silent", "a deadline, although its model failed too", { cause: "time", overdue, model }],
    ["failed", "model-overloaded", "endless retries", { cause: "retries", model, ...ended("cancelled") }],
    ["interrupted", undefined, "a driver whose disk failed", { ...ended("interrupted"), model }],
  ])("%s (%s): %s", (stopReason, code, _why, part) => {
    const result = decideTurn(facts(part));
    expect([result.stopReason, result.failure?.code]).toEqual([stopReason, code]);
  });
});

it("a reply holds what was said, then the note, and what was found in the worktree", () => {
  const usage = { inputTokens: 3 };
  const result = decideTurn(facts(ended("failed", { note: "It broke.", usage })));
  const failure = { code: "agent-failed", text: "It broke." };
  expect(result).toEqual({ stopReason: "failed", text: "Done.\nIt broke.", usage, failure, worktree: untouched });
});
