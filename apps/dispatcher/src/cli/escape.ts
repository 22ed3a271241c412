// What a coding agent wrote may hold sequences that move the cursor, set the clipboard or rename the window, and characters
// that hide or reorder text. A terminal obeys them; here they are taken out or shown.

// CSI, then the strings (OSC, DCS, SOS, PM, APC) with their end, then two-character escapes. Both the 7-bit and the 8-bit form.
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]{0,4096}(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-Z\\^-~]/g;

const UNSEEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}\p{Cs}]/gu;

// Most text is of these alone, and needs none of the patterns above.
const ORDINARY = /^[\t\n -~]*$/;

/** Text of foreign origin for a terminal: lines and tabs stay, escape sequences go, other unseen characters are spelled out. */
export function plainText(text: string): string {
  if (ORDINARY.test(text)) return text;
  return text.replaceAll("\r\n", "\n").replace(SEQUENCES, "").replace(UNSEEN, spell);
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").trim();
}

/** JSON for a terminal or a pipe: the same value, with no character that a terminal would obey. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, (character) =>
    character === "\n" ? character : escapeUnits(character),
  );
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }).join("");
}
