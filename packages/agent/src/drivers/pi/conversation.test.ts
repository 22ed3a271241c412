import { expect, it } from "vitest";
import { conversationId, nextConversation } from "./conversation.ts";

it.each([
  [null, "harness-s_1-1"],
  ["harness-s_1-12", "harness-s_1-12"],
  ["harness-other-2", "harness-s_1-1"],
  ["--version", "harness-s_1-1"],
  ["harness-s_1-../../x", "harness-s_1-1"],
  ["harness-s_1-0", "harness-s_1-1"],
  ["harness-s_1-2\n", "harness-s_1-1"],
])("the token %j names the conversation %s", (token, id) => {
  expect(conversationId("s_1", token)).toBe(id);
});

it("counts the conversations of a session", () => {
  expect(nextConversation("harness-a-b-9")).toBe("harness-a-b-10");
});
