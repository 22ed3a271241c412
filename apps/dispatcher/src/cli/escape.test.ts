import { expect, test } from "vitest";
import { plainJson, plainLine, plainText } from "./escape.ts";

test.each([
  ["colour", "\u001b[31mred\u001b[0m", "red"],
  ["cursor movement", "a\u001b[2J\u001b[H\u001b[?25lb", "ab"],
  ["8-bit control sequence", "a\u009b31mb", "ab"],
  ["window title", "a\u001b]0;owned\u0007b", "ab"],
  ["clipboard", "a\u001b]52;c;cm0gLXJm\u001b\\b", "ab"],
  ["link", "\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\", "text"],
  ["device control string", "a\u001bPq#0;2;0;0;0\u001b\\b", "ab"],
  ["8-bit operating system command", "a\u009d0;owned\u009cb", "ab"],
  ["full reset", "a\u001bcb", "ab"],
  ["character set", "a\u001b(0b", "ab"],
])("a sequence goes: %s", (_, given, shown) => {
  expect(plainText(given)).toBe(shown);
});

test.each([
  ["escape alone", "a\u001b", "a\\u{1b}"],
  ["unfinished title", "a\u001b]0;owned", "a\\u{1b}]0;owned"],
  ["carriage return", "good\rbad", "good\\u{d}bad"],
  ["backspace", "good\b\b", "good\\u{8}\\u{8}"],
  ["bell", "\u0007", "\\u{7}"],
  ["direction override", "a\u202egpj.exe", "a\\u{202e}gpj.exe"],
  ["isolate", "\u2066x\u2069", "\\u{2066}x\\u{2069}"],
  ["zero-width space", "a\u200bb", "a\\u{200b}b"],
  ["tag characters", "a\u{e0041}", "a\\u{e0041}"],
  ["line separator", "a\u2028b", "a\\u{2028}b"],
  ["half a surrogate pair", "a\ud800", "a\\u{d800}"],
])("an unseen character is spelled out: %s", (_, given, shown) => {
  expect(plainText(given)).toBe(shown);
});

test("text, lines and tabs stay as they are", () => {
  const text = "naïve 日本語 👩‍👩‍👧 \t tab\nnext";
  expect(plainText(text)).toBe(text);
  expect(plainText("a\r\nb")).toBe("a\nb");
});

test("one line stays one line", () => {
  expect(plainLine("  a\n\tb\u001b[31m \nc ")).toBe("a b c");
});

test("JSON keeps its value and holds nothing that a terminal obeys", () => {
  const value = { text: "\u009b31m\u202e\u2028\u{e0041}\u001b[2J\u007f", list: ["é"] };
  const json = plainJson(value, 2);
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toMatch(/^[\n\u0020-\u007e\u00e9]*$/);
});

test("a long unfinished sequence takes no long time", () => {
  const text = `\u001b]${"0;".repeat(200_000)}`;
  expect(plainText(text).startsWith("\\u{1b}]0;")).toBe(true);
});
