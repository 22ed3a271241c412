// Controls, bidirectional and invisible characters, tags: what makes text look like something else than it is.
const HIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Cs}]/gu;

/** Text of a stranger as one line: everything that a terminal or a reader could be fooled by is spelled out. */
export function escapeLine(text: string): string {
  return text.replace(HIDDEN, spell);
}

/** The same with line breaks and tabs left as they are. */
export function escapeText(text: string): string {
  return text.replace(HIDDEN, (character) => (character === "\n" || character === "\t" ? character : spell(character)));
}

export function hasHidden(text: string): boolean {
  return text.search(HIDDEN) !== -1;
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
