export const FLUSH = "0000";

/** One line as git sends it, behind its own length. Pure. */
export function lineOf(text: string): string {
  return `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, "0")}${text}`;
}

/** The lines up to the first flush, and where what follows them begins. Pure. */
export function readLines(bytes: Buffer, from = 0): { readonly lines: readonly string[]; readonly end: number } {
  const lines: string[] = [];
  for (let at = from; at + 4 <= bytes.length;) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 4), 16);
    if (length === 0) return { lines, end: at + 4 };
    if (!(length >= 4)) break;
    lines.push(bytes.toString("utf8", at + 4, at + length));
    at += length;
  }
  return { lines, end: bytes.length };
}
