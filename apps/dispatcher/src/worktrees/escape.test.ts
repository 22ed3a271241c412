import { expect, test } from "vitest";
import { escapeLine, escapeText, hasHidden } from "./escape.ts";

test.each([
  ["plain text, even ü and 漢", "plain text, even ü and 漢"],
  ["a\nb", "a\\u{a}b"],
  ["\u001b[2J", "\\u{1b}[2J"],
  ["\u009b31m", "\\u{9b}31m"],
  ["abc\u202edcba", "abc\\u{202e}dcba"],
  ["ma\u200bin", "ma\\u{200b}in"],
  ["tag\u{e0041}", "tag\\u{e0041}"],
])("%j is shown as %j", (text, shown) => {
  expect(escapeLine(text)).toBe(shown);
  expect(hasHidden(text)).toBe(text !== shown);
});

test("a block keeps its lines and tabs and nothing else", () => {
  expect(escapeText("a\n\tb\r\u0007")).toBe("a\n\tb\\u{d}\\u{7}");
});
