import { describe, expect, test } from "vitest";
import { cut, firstLine, segments, shownAtOnce, visible, withoutOuterLines } from "./visible-text.ts";

describe("what would not be seen is shown", () => {
  test.each([
    ["a direction override", "photo\u202Egpj.exe", "photo[U+202E]gpj.exe"],
    ["an isolate", "\u2066admin\u2069", "[U+2066]admin[U+2069]"],
    ["a zero-width space", "pass\u200Bword", "pass[U+200B]word"],
    ["an escape sequence", "\u001B[31mred\u001B[0m", "[ESC][31mred[ESC][0m"],
    ["a null", "a\u0000b", "a[NUL]b"],
    ["delete and a C1 control", "\u007F\u009B", "[U+007F][U+009B]"],
    ["a line separator", "a\u2028b", "a[U+2028]b"],
    ["a tag character", "a\u{E0041}b", "a[U+E0041]b"],
    ["half a surrogate pair", "a\uD800b", "a[U+D800]b"],
    ["a blank that is a letter", "a\u3164b", "a[U+3164]b"],
    ["a lone carriage return", "good\rbad", "good[CR]bad"],
    ["a byte order mark", "\uFEFFa", "[U+FEFF]a"],
    ["a joiner outside of an emoji", "a\u200Db", "a[U+200D]b"],
  ])("%s", (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe("ordinary text is left alone", () => {
  test.each([
    ["tabs and lines", "a\tb\nc"],
    ["right-to-left letters", "שלום"],
    ["accents", "e\u0301"],
    ["an emoji of several", "👩🏽‍💻 ❤️"],
    ["markup", "<b>&amp;</b>"],
  ])("%s", (_, text) => {
    expect(segments(text)).toEqual([{ text }]);
  });
});

test("a carriage return before a line feed is a line end", () => {
  expect(segments("a\r\nb")).toEqual([{ text: "a\nb" }]);
});

test("a mark knows its name", () => {
  expect(segments("\u202E")).toEqual([{ mark: "U+202E", name: "U+202E right-to-left override" }]);
});

test("no text has no segments", () => {
  expect(segments("")).toEqual([]);
});

test("the first line is the first that says something", () => {
  expect(firstLine("\n  \n  hello \nworld")).toBe("hello");
  expect(firstLine("\n")).toBe("");
});

test("a cut leaves no half of a character", () => {
  expect(cut("ab😀", 3)).toBe("ab");
  expect(cut("ab😀", 4)).toBe("ab😀");
  expect(cut("abc", 10)).toBe("abc");
});

test.each([
  ["text up to the limit", "abcdef", 4, 4],
  ["a screen of coloured output whole", "\u001B[32m✓\u001B[39m passed\n".repeat(40), 4000, 40 * 19],
  ["few of many marks", "\u200B".repeat(6000), 6000, 300],
  ["few marks of a short text too", "a\u202E".repeat(100), 200, 41],
  ["ends of lines, which take no mark", "a\r\n".repeat(1000), 6000, 3000],
])("at once it shows %s", (_, text, limit, length) => {
  expect(shownAtOnce(text, limit)).toBe(text.slice(0, length));
});

test.each([
  ["\n\n  \nMended.\n  It was one line.\n\n", "Mended.\n  It was one line."],
  ["  indented", "  indented"],
  ["\n \n", ""],
])("%j without its outer lines is %j", (text, inner) => {
  expect(withoutOuterLines(text)).toBe(inner);
});
