import type { Outbound } from "@harness/core";
import { expect, test } from "vitest";
import { isWell, tellReply } from "./reply.ts";

type Body = Extract<Outbound, { kind: "reply" }>["body"];
const envelope = { v: 1 as const, id: "r", replyTo: "m", createdAt: "2026-11-23T10:00:00.000Z" };
const reply = (body: Body): Outbound => ({ ...envelope, kind: "reply", body });

function told(message: Outbound): { out: string[]; beside: string[]; well: boolean } {
  const [out, beside]: [string[], string[]] = [[], []];
  tellReply(message, {
    line: (text = "") => void out.push(text),
    note: (text) => void beside.push(text),
    json: () => undefined,
    colour: (_, text) => text,
    columns: undefined,
  });
  return { out, beside, well: isWell(message) };
}

test("the words go out, what the turn did and cost beside them", () => {
  const worktree = { changed: 2, moved: true, head: "1a2b3c4d5e" };
  const usage = { inputTokens: 10, outputTokens: 2 };
  expect(told(reply({ text: "Done.\n", stopReason: "end_turn", worktree, usage }))).toEqual({
    out: ["Done."],
    beside: ["2 files changed, HEAD moved to 1a2b3c4; 10 tokens in, 2 tokens out"],
    well: true,
  });
});

test("a failure is told with its code, its cause and what to do", () => {
  const failure = { code: "model-unauthorized", text: "401 invalid\u001b[2J x-api-key" };
  expect(told(reply({ text: "", stopReason: "failed", failure }))).toEqual({
    out: [],
    beside: [
      "The turn ended with failed: the model endpoint refused the key (model-unauthorized).",
      "401 invalid x-api-key",
      expect.stringMatching(/^-> `harness credential test /),
    ],
    well: false,
  });
});

test("a cause that the reply tells already is not told twice", () => {
  const failure = { code: "model-failed", text: "500" };
  expect(told(reply({ text: "It said 500.", stopReason: "failed", failure })).beside).not.toContain("500");
});

test.each(["timeout", "cancelled", "refusal", "max_tokens"] as const)("%s is no good end", (stopReason) => {
  expect(told(reply({ text: "so far", stopReason }))).toEqual({
    out: ["so far"],
    beside: [`The turn ended with ${stopReason}.`],
    well: false,
  });
});

test("what could not be done at all is no good end", () => {
  const failed: Outbound = { ...envelope, kind: "failed", body: { code: "attempts-exhausted", text: "Three times." } };
  expect(told(failed)).toEqual({ out: [], beside: ["It could not be done: Three times."], well: false });
});
