const SPACE = new Set([" ", "\t", "\n", "\r"]);
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const NUMBER_PREFIX = /-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?)?$/y;
const WORDS = ["true", "false", "null"];

/** Objects and arrays nested deeper than this are refused in everything we read. */
export const DEPTH_LIMIT = 64;

export interface ObjectScan {
  /** `whole`: one JSON object. `prefix`: could still become one. `broken`: never will. */
  state: "whole" | "prefix" | "broken";
  /** The names in the outermost object, as far as it was read. */
  keys: ReadonlySet<string>;
  depth: number;
  /** A name that stands twice in one object. */
  duplicate: string | null;
}

type Expect = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end";

/** Reads text as JSON without building it: whether it is one object, the start of one, or neither. Never recurses. */
export function scanObject(text: string): ObjectScan {
  const keys = new Set<string>();
  const open: (Set<string> | "object" | "array")[] = [];
  let depth = 0;
  let duplicate: string | null = null;
  let expect: Expect = "value";
  let at = skipSpace(text, 0);
  const result = (state: ObjectScan["state"]): ObjectScan => ({ state, keys, depth, duplicate });

  const enter = (bracket: string) => {
    // Names are collected as deep as is allowed; deeper text is refused for its depth.
    const names = open.length === 0 ? keys : open.length < DEPTH_LIMIT ? new Set<string>() : "object";
    open.push(bracket === "{" ? names : "array");
    depth = Math.max(depth, open.length);
    expect = bracket === "{" ? "key-or-end" : "value-or-end";
    at += 1;
  };
  const leave = () => {
    open.pop();
    expect = "comma-or-end";
    at += 1;
  };
  const name = (raw: string) => {
    const names = open.at(-1);
    if (!(names instanceof Set)) return;
    const key = raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (names.has(key)) duplicate ??= key;
    names.add(key);
  };

  if (at === text.length) return result("prefix");
  if (text[at] !== "{") return result("broken");
  for (;;) {
    at = skipSpace(text, at);
    const character = text[at];
    if (character === undefined) return result("prefix");
    const inObject = open.at(-1) !== "array";
    if (expect === "colon") {
      if (character !== ":") return result("broken");
      expect = "value";
      at += 1;
    } else if (expect === "comma-or-end" && character === ",") {
      expect = inObject ? "key" : "value";
      at += 1;
    } else if (character === (inObject ? "}" : "]") && expect.endsWith("-or-end")) {
      leave();
      if (open.length === 0) return result(skipSpace(text, at) === text.length ? "whole" : "broken");
    } else if (expect === "comma-or-end") {
      return result("broken");
    } else if (character === '"') {
      const end = stringEnd(text, at);
      if (end < 0) return result(end === TRUNCATED ? "prefix" : "broken");
      const isKey = expect.startsWith("key");
      if (isKey) name(text.slice(at, end));
      expect = isKey ? "colon" : "comma-or-end";
      at = end;
    } else if (expect.startsWith("key")) {
      return result("broken");
    } else if (character === "{" || character === "[") {
      enter(character);
    } else {
      const end = scalarEnd(text, at);
      if (end < 0) return result(end === TRUNCATED ? "prefix" : "broken");
      expect = "comma-or-end";
      at = end;
    }
  }
}

const TRUNCATED = -1;
const BROKEN = -2;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.has(text[at]!)) at += 1;
  return at;
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return BROKEN;
    if (code !== 0x5c) continue;
    at += 1;
    const escape = text[at];
    if (escape === undefined) return TRUNCATED;
    if (escape === "u") {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]*$/.test(digits)) return BROKEN;
      if (digits.length < 4) return TRUNCATED;
      at += 4;
    } else if (!'"\\/bfnrt'.includes(escape)) {
      return BROKEN;
    }
  }
  return TRUNCATED;
}

function scalarEnd(text: string, start: number): number {
  const rest = text.slice(start, start + 5);
  for (const word of WORDS) {
    if (rest.startsWith(word)) return start + word.length;
    if (start + rest.length === text.length && word.startsWith(rest)) return TRUNCATED;
  }
  NUMBER_PREFIX.lastIndex = start;
  // A number at the very end of the text may go on; inside an object it is never the end.
  if (NUMBER_PREFIX.test(text)) return TRUNCATED;
  NUMBER.lastIndex = start;
  const found = NUMBER.exec(text);
  return found === null ? BROKEN : start + found[0].length;
}
