import { z } from "zod";

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** `10GB`, `500 MiB` or a number of bytes. Null when it is none of these. */
export function parseByteSize(text: string): number | null {
  const [, digits, unit] = /^([0-9]+(?:\.[0-9]+)?) *([A-Z]+)$/.exec(text.trim().toUpperCase()) ?? [];
  const factor = unit !== undefined && Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  const bytes = digits === undefined || factor === undefined ? 0 : Math.round(Number(digits) * factor);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

const MISTAKE = "This is no size: write 10GB, 500MiB or a number of bytes.";

/** Bytes. */
export const ByteSizeSchema = z.union([z.int().min(1), z.string()], { error: MISTAKE }).transform((size, context) => {
  const bytes = typeof size === "number" ? size : parseByteSize(size);
  if (bytes !== null) return bytes;
  context.addIssue({ code: "custom", message: MISTAKE });
  return z.NEVER;
});
