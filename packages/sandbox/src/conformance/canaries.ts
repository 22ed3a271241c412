import { createHash, randomBytes } from "node:crypto";

const CANARY = /canary-[0-9a-f]{32}/g;
/** Long enough to hold a canary in either form. */
const HEX = /[0-9a-f]{78,}/gi;
const BASE64 = /[A-Za-z0-9+/_-]{50,}/g;

export function makeCanary(): string {
  return `canary-${randomBytes(16).toString("hex")}`;
}

export function hashOf(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether the text holds one of these canaries, plain (which is also its URL encoding), in hex or in base64. */
export function holdsCanary(text: string, hashes: readonly string[]): boolean {
  const known = new Set(hashes);
  return formsOf(text).some((form) => form.match(CANARY)?.some((each) => known.has(hashOf(each))) ?? false);
}

function formsOf(text: string): string[] {
  const hex = text.match(HEX) ?? [];
  const base64 = text.match(BASE64) ?? [];
  return [
    text,
    ...hex.flatMap((run) => [run, run.slice(1)].map((each) => Buffer.from(each, "hex").toString("latin1"))),
    // Where a run of base64 begins in the text is not where the encoding of the canary begins.
    ...base64.flatMap((run) => [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), "base64").toString("latin1"))),
  ];
}
