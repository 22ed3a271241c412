import { expect, test } from "vitest";
import { parseComments } from "./read-review.ts";

test.each([
  ["src/a.ts:12", { path: "src/a.ts", line: 12, side: "new" }],
  ["src/a.ts:12:old", { path: "src/a.ts", line: 12, side: "old" }],
  ["odd:1:name.ts:7", { path: "odd:1:name.ts", line: 7, side: "new" }],
])("%s is a place", (place, comment) => {
  expect(parseComments([place, "text"])).toEqual([{ ...comment, text: "text" }]);
});

test.each([[["a.ts:1"]], [["a.ts", "text"]], [["a.ts:0", "text"]], [["a.ts:1", " "]], [["a.ts:1:both", "text"]]])(
  "%j is wrong usage",
  (words) => {
    expect(() => parseComments(words)).toThrow(expect.objectContaining({ code: "usage-invalid" }));
  },
);
