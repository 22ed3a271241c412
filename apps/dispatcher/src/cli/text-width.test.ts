import { expect, test } from "vitest";
import { fitText, padText, textWidth } from "./text-width.ts";

test.each([
  ["plain", 5],
  ["naïve", 5],
  ["日本語", 6],
  ["e\u0301", 1],
  ["🚀", 2],
  ["", 0],
])("%s takes %i columns", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test("a text that is too wide is cut, and says so", () => {
  expect(fitText("feature/gift-wrap", 10)).toBe("feature/g…");
  expect(textWidth(fitText("日本語日本語", 8))).toBeLessThanOrEqual(8);
  expect(fitText("short", 5)).toBe("short");
  expect(fitText("short", 0)).toBe("");
});

test("padding counts columns, not characters", () => {
  expect(padText("日", 4)).toBe("日  ");
});
