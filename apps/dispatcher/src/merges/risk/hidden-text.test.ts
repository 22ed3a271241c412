import { expect, test } from "vitest";
import { findHidden, findHiddenInFile } from "./hidden-text.ts";

test.each([
  ["a right-to-left override", "if (isAdmin\u202e) {", "U+202E"],
  ["an isolate", "/* \u2066 */", "U+2066"],
  ["a space of no width", "user\u200bname", "U+200B"],
  ["a byte order mark in the middle", "a\ufeffb", "U+FEFF"],
  ["a filler", "const \u3164 = 1", "U+3164"],
  ["tags", "hello\u{e0041}\u{e0042}", "U+E0041"],
  ["selectors that carry bytes", "x\u{e0101}\u{e0130}", "U+E0101"],
  ["an escape sequence", "\u001b]0;owned\u0007", "U+001B"],
  ["a Cyrillic letter in a Latin word", "p\u0430ypal", "U+0430"],
  ["a Greek letter in a Latin word", "\u0391dmin", "U+0391"],
])("%s is found", (_, text, named) => {
  expect(findHidden(text)).toContain(named);
});

test.each([
  ["lines and tabs", "a\n\tb\n"],
  ["a family of emoji", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} and \u{1f3f3}\ufe0f\u200d\u{1f308}"],
  ["a flag of a region", "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}"],
  ["another language", "Привет, мир. Γειά σου Κόσμε. 日本語 العربية"],
  ["a formula", "\u0394x = \u03bcm"],
])("%s are text", (_, text) => {
  expect(findHidden(text)).toBeNull();
});

test("only what is new in a file counts, and its line is named", () => {
  const before = Buffer.from("one\nold\u200b\n");
  expect(findHiddenInFile(Buffer.from("zero\none\nold\u200b\n"), before)).toBeNull();
  expect(findHiddenInFile(Buffer.from("one\nold\u200b\nnew\u200b\n"), before)).toBe(
    "line 3 holds a character that is not seen (U+200B)",
  );
  expect(findHiddenInFile(Buffer.from("\ufeffone\r\ntwo\r\n"), null)).toBeNull();
  expect(findHiddenInFile(Buffer.from([0, 1, 2, 0xe2, 0x80, 0x8b]), null)).toBeNull();
});
