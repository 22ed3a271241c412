import type { Outbound } from "@harness/core";
import { fakeClock, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { AskRequest } from "./drivers/driver.ts";
import { createQuestions, readAnswer } from "./questions.ts";

const question: AskRequest = { kind: "question", text: "?", options: [{ id: "a", label: "A" }] };
const permission: AskRequest = {
  kind: "permission",
  text: "!",
  options: [
    { id: "yes", label: "Yes", kind: "allow_once" },
    { id: "no", label: "No", kind: "reject_once" },
  ],
};

describe("an answer", () => {
  it.each([
    [question, { option: "a" }, { outcome: "answered", option: "a" }],
    [question, { text: "free" }, { outcome: "answered", text: "free" }],
    [permission, { option: "yes" }, { outcome: "answered", option: "yes" }],
    [permission, { option: "no" }, { outcome: "refused", option: "no" }],
  ])("to %j of %j means %j", (request, given, answer) => {
    expect(readAnswer(request, given)).toEqual(answer);
  });

  it.each([
    [question, { option: "b" }, /no option "b".*: a/],
    [permission, { text: "yes" }, /never with text/],
    [permission, { option: "maybe" }, /yes, no/],
  ])("to %j of %j is none", (request, given, why) => {
    expect(readAnswer(request, given)).toMatch(why);
  });
});

describe("questions", () => {
  function open() {
    const clock = fakeClock();
    const published = new Map<string, Outbound>();
    const questions = createQuestions({
      session: "s",
      clock,
      change: () => {},
      record: () => {},
      readReport: async (id) => published.get(id) ?? null,
      publish: async (message) => void published.set(message.id, message),
    });
    return { clock, published, questions, turn: { message: "m", signal: new AbortController().signal } };
  }

  it("have the same id whenever their turn runs again", async () => {
    const { published, questions, turn, clock } = open();
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const both = Promise.all([
        questions.ask(turn, { ...question, deadlineMs: 1_000 }),
        questions.ask(turn, { ...permission, deadlineMs: 1_000 }),
      ]);
      // The second time the deadline of the first has passed.
      await until(() => clock.sleepers === 2 || attempt === 2);
      await clock.advance(2_000);
      expect(await both).toEqual([{ outcome: "expired" }, { outcome: "refused" }]);
      questions.endTurn();
    }
    expect([...published.values()].map(({ kind }) => kind)).toEqual(["question", "permission"]);
  });

  it("hand back the answers that no question took", () => {
    const { questions } = open();
    const message = { v: 1, id: "x", kind: "answer", createdAt: "", body: { to: "nobody", text: "hi" } } as const;
    expect(questions.answer(message)).toBeNull();
    expect(questions.endTurn()).toEqual([message]);
    expect(questions.endTurn()).toEqual([]);
  });
});
