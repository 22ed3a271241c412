import type { Outbound } from "@harness/core";
import { fakeClock, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { AskRequest } from "./drivers/driver.ts";
import { createQuestions, readAnswer } from "./questions.ts";
import type { StatusChange } from "./status.ts";

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
    const opened: StatusChange[] = [];
    const disk: { hold?: PromiseWithResolvers<void> } = {};
    const questions = createQuestions({
      session: "s",
      clock,
      change: (change) => void opened.push(change),
      record: () => {},
      readReport: async (id) => published.get(id) ?? null,
      publish: async (message) => {
        await disk.hold?.promise;
        published.set(message.id, message);
      },
    });
    return { clock, disk, opened, published, questions, turn: { message: "m", signal: new AbortController().signal } };
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

  it("are open no longer than they were to be when the clock was set back between two attempts of their turn", async () => {
    const { questions, turn, clock, opened } = open();
    void questions.ask(turn, { ...permission, deadlineMs: 60_000 });
    await until(() => clock.sleepers === 1);
    questions.endTurn();
    clock.jump(-2 * 24 * 60 * 60 * 1_000);
    const again = questions.ask(turn, { ...permission, deadlineMs: 60_000 });
    await until(() => opened.filter(({ type }) => type === "question.opened").length === 2);
    await clock.advance(60_000);
    expect(await Promise.race([again, Promise.resolve("still open")])).toEqual({ outcome: "refused" });
  });

  it("that their turn leaves open are closed with it, and keep no later turn from being watched", async () => {
    const { published, questions, turn } = open();
    const waiting = questions.ask(turn, permission);
    await until(() => questions.quietSince() === null);
    questions.abandon();
    expect(await waiting).toEqual({ outcome: "aborted" });
    expect(questions.quietSince()).not.toBeNull();
    const next = questions.ask(turn, { ...permission, position: 9 });
    await until(() => questions.quietSince() === null);
    const to = [...published.keys()].at(-1) ?? "";
    expect(questions.answer({ v: 1, id: "x", kind: "answer", createdAt: "", body: { to, option: "yes" } })).toBeNull();
    expect(await next).toEqual({ outcome: "answered", option: "yes" });
  });

  it("that are still on their way to the disk when their turn ends are never open", async () => {
    const { questions, turn, opened, disk } = open();
    disk.hold = Promise.withResolvers<void>();
    const late = questions.ask(turn, permission);
    questions.abandon();
    disk.hold.resolve();
    expect(await late).toEqual({ outcome: "aborted" });
    expect(opened).toEqual([]);
  });

  it("hand back the answers that no question took", () => {
    const { questions } = open();
    const message = { v: 1, id: "x", kind: "answer", createdAt: "", body: { to: "nobody", text: "hi" } } as const;
    expect(questions.answer(message)).toBeNull();
    expect(questions.endTurn()).toEqual([message]);
    expect(questions.endTurn()).toEqual([]);
  });
});
