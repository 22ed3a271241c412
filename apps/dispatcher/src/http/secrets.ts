import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** Compares hashes, so that neither content nor length shows in the time it takes. */
export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

export function digest(content: string | Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

export function sign(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64url");
}
