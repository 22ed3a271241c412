const LENGTH_DIGITS = 4;
const LONGEST = 65_520;

export const FLUSH = Buffer.from("0000");

/** One line as git sends it: its own length in four hexadecimal digits, then what it says. Pure. */
export function pktLine(...said: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(said.map((part) => Buffer.from(part as string)));
  return Buffer.concat([Buffer.from((bytes.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, "0")), bytes]);
}

/** Many bytes as lines of the given band, as long as lines may be. Pure. */
export function bandLines(band: number, bytes: Buffer): Buffer {
  const most = LONGEST - LENGTH_DIGITS - 1;
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += most)
    lines.push(pktLine(Buffer.from([band]), bytes.subarray(at, at + most)));
  return Buffer.concat(lines);
}

export type Section =
  /** `length` counts the flush at its end. */
  | { readonly state: "whole"; readonly lines: readonly Buffer[]; readonly length: number }
  | { readonly state: "more" }
  | { readonly state: "wrong" };

/** The lines from `from` on up to the first flush. Pure. */
export function readSection(bytes: Buffer, from = 0): Section {
  const lines: Buffer[] = [];
  for (let at = from; ;) {
    const digits = bytes.toString("latin1", at, at + LENGTH_DIGITS);
    if (!/^[0-9a-f]*$/i.test(digits)) return { state: "wrong" };
    if (digits.length < LENGTH_DIGITS) return { state: "more" };
    const length = Number.parseInt(digits, 16);
    if (length === 0) return { state: "whole", lines, length: at + LENGTH_DIGITS - from };
    if (length < LENGTH_DIGITS || length > LONGEST) return { state: "wrong" };
    if (at + length > bytes.length) return { state: "more" };
    lines.push(bytes.subarray(at + LENGTH_DIGITS, at + length));
    at += length;
  }
}
