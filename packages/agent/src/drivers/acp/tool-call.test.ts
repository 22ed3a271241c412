import { expect, test } from "vitest";
import { withoutText } from "./tool-call.ts";

test.each([
  ["shell · npm test", "npm test", "shell"],
  ["shell · cat a.txt; echo h...…", "cat a.txt;\n echo hi", "shell"],
  ["shell · npm test", "rm -rf /", "shell · npm test"],
  ["read · ", "a.txt", "read · "],
  ["Run tests", "npm test", "Run tests"],
])("the title %j of the call %j is %j", (title, text, short) => {
  expect(withoutText(title, text)).toBe(short);
});
