import { randomBytes } from "node:crypto";
import { HarnessError, type Clock } from "@harness/core";
import { createFailureLimit } from "./failure-limit.ts";
import { digest, isSameSecret, sign } from "./secrets.ts";

export const CODE_LIFE_MS = 10 * 60 * 1000;
export const COOKIE_LIFE_MS = 14 * 24 * 60 * 60 * 1000;
const OPEN_CODES = 32;

export interface Logins {
  /** A code that opens the page once. */
  issueCode(): { code: string; expiresAt: string };
  /** Trades a code for the value of a cookie. Throws `login-code-invalid`. */
  redeem(code: string): { cookie: string; maxAgeSeconds: number };
  isValid(cookie: string): boolean;
}

/**
 * Browser logins. Codes live in memory and die on first use. Cookies are signed with a key made from the admin token, so that
 * they outlive a restart of the dispatcher and end when that token is replaced.
 */
export function createLogins(options: { adminToken: string; clock: Clock }): Logins {
  const { clock } = options;
  const key = sign(options.adminToken, "harness browser login");
  const failures = createFailureLimit(clock);
  const codes = new Map<string, number>();

  return {
    issueCode() {
      const code = randomBytes(16).toString("base64url");
      codes.set(nameOf(code), clock.monotonic() + CODE_LIFE_MS);
      for (const name of codes.keys()) {
        if (codes.size <= OPEN_CODES) break;
        codes.delete(name);
      }
      return { code, expiresAt: new Date(clock.now() + CODE_LIFE_MS).toISOString() };
    },

    redeem(code) {
      const name = nameOf(code);
      const endsMs = codes.get(name);
      codes.delete(name);
      if (endsMs === undefined || endsMs < clock.monotonic()) {
        if (!failures.spend()) throw new HarnessError("too-many-requests", "Too many wrong login codes came in.");
        throw new HarnessError("login-code-invalid", "This login code is unknown, used or too old.");
      }
      const claim = `${clock.now() + COOKIE_LIFE_MS}.${randomBytes(12).toString("base64url")}`;
      return { cookie: `${claim}.${sign(key, claim)}`, maxAgeSeconds: COOKIE_LIFE_MS / 1000 };
    },

    isValid(cookie) {
      const [ends, nonce, signature, ...more] = cookie.split(".");
      if (!ends || !nonce || !signature || more.length > 0) return false;
      return isSameSecret(signature, sign(key, `${ends}.${nonce}`)) && Number(ends) > clock.now();
    },
  };
}

const nameOf = (code: string): string => digest(code).toString("base64url");
