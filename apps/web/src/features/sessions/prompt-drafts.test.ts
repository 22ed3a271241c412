import { expect, test } from "vitest";
import { readPrompts } from "./prompt-drafts.ts";

test.each<[unknown, unknown]>([
  [null, undefined],
  ["text", undefined],
  [{}, {}],
  [
    { a: { id: "", text: "half" }, b: { id: "1", text: "sent" } },
    { a: { id: "", text: "half" }, b: { id: "1", text: "sent" } },
  ],
  [
    { a: null, b: "text", c: { text: "no id" }, d: { id: 1, text: "x" }, e: { id: "", text: "kept" } },
    { e: { id: "", text: "kept" } },
  ],
])("of %j that an earlier page left, it takes what fits", (found, taken) => {
  expect(readPrompts(found)).toEqual(taken);
});
