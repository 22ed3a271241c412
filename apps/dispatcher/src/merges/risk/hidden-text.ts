// Beside what escape.ts spells out: fillers, and selectors that can carry any bytes. A tab and a line break are text.
const HIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{1d173}-\u{1d17a}]|[\u{e0000}-\u{e0fff}]/u;

// A family of emoji is joined by what is hidden elsewhere, and flags of regions end in tags.
const JOINED = /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*(?:\u200d(?=\p{Extended_Pictographic}))/gu;
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,6}\u{e007f}/gu;

// Letters of other scripts that look like Latin ones. A word that mixes the two is no word of either language.
const ALIKE =
  /[\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03f2\u0405\u0406\u0408\u0410\u0412\u0415\u041a\u041c-\u041e\u0420-\u0422\u0425\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u04cf\u0501\u051b\u051d]/u;
const LATIN = /[A-Za-z]/;
const WORD = /[\p{L}\p{M}\p{N}_$]+/gu;

/** What is in a text that a reader does not see, or takes for something else; null when nothing is. */
export function findHidden(text: string): string | null {
  const hidden = HIDDEN.test(text) ? HIDDEN.exec(text.replace(JOINED, "").replace(FLAG, ""))?.[0] : undefined;
  if (hidden !== undefined) return `holds a character that is not seen (${codePoint(hidden)})`;
  if (!ALIKE.test(text)) return null;
  for (const [word] of text.matchAll(WORD)) {
    const alike = ALIKE.exec(word)?.[0];
    if (alike !== undefined && LATIN.test(word))
      return `holds a letter that looks like another one (${codePoint(alike)})`;
  }
  return null;
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

const BINARY_LOOK = 8000;

/** The same for what a file holds that it did not hold before, line by line. What is not text hides nothing from a reader. */
export function findHiddenInFile(now: Buffer, before: Buffer | null): string | null {
  if (now.subarray(0, BINARY_LOOK).includes(0)) return null;
  const text = now
    .toString("utf8")
    .replace(/^\ufeff/, "")
    .replaceAll("\r\n", "\n");
  if (findHidden(text) === null) return null;
  const known = new Set(
    (before?.toString("utf8") ?? "")
      .replace(/^\ufeff/, "")
      .replaceAll("\r\n", "\n")
      .split("\n"),
  );
  for (const [index, line] of text.split("\n").entries()) {
    const found = known.has(line) ? null : findHidden(line);
    if (found !== null) return `line ${index + 1} ${found}`;
  }
  return null;
}
