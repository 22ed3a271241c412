// What a coding agent wrote may hold characters that hide, reorder or imitate text. They are shown, never obeyed.

/** A stretch of text, or one character that would not be seen and the mark shown in its place. */
export type Segment = { text: string } | { mark: string; name: string };

// Tab and line feed are text. A variation selector and a joiner inside an emoji are the invisible characters that people
// write on purpose.
const UNSEEN =
  /(?![\t\n\uFE0E\uFE0F\u200D])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]|(?<!\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D/gu;

const C0 =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );

const NAMES: Record<number, string> = {
  0xad: "soft hyphen",
  0x200b: "zero-width space",
  0x200e: "left-to-right mark",
  0x200f: "right-to-left mark",
  0x202a: "left-to-right embedding",
  0x202b: "right-to-left embedding",
  0x202c: "end of direction change",
  0x202d: "left-to-right override",
  0x202e: "right-to-left override",
  0x2066: "left-to-right isolate",
  0x2067: "right-to-left isolate",
  0x2068: "first strong isolate",
  0x2069: "end of isolate",
  0xfeff: "byte order mark",
};

function markOf(character: string): { mark: string; name: string } {
  const point = character.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const name = NAMES[point] === undefined ? code : `${code} ${NAMES[point]}`;
  return { mark: C0[point] ?? code, name };
}

/** `text` with every unseen character replaced by a mark. A carriage return before a line feed is an ordinary line end. */
export function segments(text: string): Segment[] {
  const source = text.replaceAll("\r\n", "\n");
  const found: Segment[] = [];
  let from = 0;
  for (const match of source.matchAll(UNSEEN)) {
    if (match.index > from) found.push({ text: source.slice(from, match.index) });
    found.push(markOf(match[0]));
    from = match.index + match[0].length;
  }
  if (from < source.length) found.push({ text: source.slice(from) });
  return found;
}

/** The same as one string, for places that take no elements: titles and labels. */
export function visible(text: string): string {
  return segments(text)
    .map((part) => ("text" in part ? part.text : `[${part.mark}]`))
    .join("");
}

/** The first line that says something, for where one line fits. */
export function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .find((line) => line.trim() !== "")
      ?.trim() ?? ""
  );
}

/** Without the empty lines around it, which would only tear a hole. */
export function withoutOuterLines(text: string): string {
  return text.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
}

/** What is shown of `text` at once: at most `limit` UTF-16 units, and few marks, each of which is an element of the page. */
export function shownAtOnce(text: string, limit: number): string {
  const shown = cut(text, limit);
  let left = Math.max(20, limit / 20);
  for (const { 0: character, index } of shown.matchAll(UNSEEN)) {
    const isLineEnd = character === "\r" && shown[index + 1] === "\n";
    if (!isLineEnd && left-- < 1) return shown.slice(0, index);
  }
  return shown;
}

/** At most `limit` UTF-16 units, never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit);
}
