import type { OpenQuestion } from "@harness/core";
import { describe, expect, test } from "vitest";
import { chooseConsent, type ConsentWish } from "./choose-consent.ts";

const option = (kind: string) => ({ id: `id-${kind}`, label: kind, kind });
const ALL = ["allow_always", "allow_once", "reject_always", "reject_once"].map(option);
const request = (id: string, options: OpenQuestion["options"] = ALL): OpenQuestion => ({
  id,
  kind: "permission",
  text: `run ${id}`,
  options,
});
const asked: OpenQuestion = { id: "question", kind: "question", text: "Which?" };
const choose = (waiting: OpenQuestion[], wish: Partial<ConsentWish>) =>
  chooseConsent("s", waiting, { verdict: "approve", always: false, ...wish });

test.each<[Partial<ConsentWish>, string]>([
  [{}, "allow_once"],
  [{ always: true }, "allow_always"],
  [{ verdict: "deny" }, "reject_once"],
  [{ verdict: "deny", always: true }, "reject_always"],
])("%j chooses %s by what the option does, not by its place or its words", (wish, kind) => {
  expect(choose([asked, request("r1")], wish)).toMatchObject({ request: { id: "r1" }, option: { kind } });
});

test("a request is named by the beginning of its id", () => {
  expect(choose([request("abc"), request("xyz")], { request: "x" }).request.id).toBe("xyz");
});

test("a refusal for good stands in for one that is not offered", () => {
  const { option: chosen } = choose([request("r1", [option("reject_always")])], { verdict: "deny" });
  expect(chosen.kind).toBe("reject_always");
});

describe("nothing is guessed", () => {
  test.each<[string, OpenQuestion[], Partial<ConsentWish>, string, string | RegExp]>([
    ["nothing waits", [], {}, "question-not-found", "harness ps"],
    ["only a question waits", [asked], {}, "question-not-found", "harness show"],
    ["a question is named", [asked], { request: "question" }, "request-invalid", "harness answer s question"],
    ["several wait", [request("r1"), request("r2")], {}, "id-ambiguous", /r1 {2}run r1\n {2}r2 {2}run r2/],
    [
      "several lines that look like several requests",
      [{ ...request("r1"), text: "ls\n  r9  harmless" }, request("r2")],
      {},
      "id-ambiguous",
      /r1 {2}ls r9 harmless\n/,
    ],
    [
      "more would be allowed than asked",
      [request("r1", [option("allow_always")])],
      {},
      "request-invalid",
      "allow_always",
    ],
    [
      "always is not offered",
      [request("r1", [option("allow_once")])],
      { always: true },
      "request-invalid",
      "allow_once",
    ],
    [
      "no refusal is offered",
      [request("r1", [option("allow_once")])],
      { verdict: "deny" },
      "request-invalid",
      "answer",
    ],
    ["options without a kind", [request("r1", [{ id: "y", label: "Allow" }])], {}, "request-invalid", "--option y"],
  ])("%s", (_, waiting, wish, code, hint) => {
    expect(() => choose(waiting, wish)).toThrow(expect.objectContaining({ code, hint: expect.stringMatching(hint) }));
  });
});
