import { request as requestPlain } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Login } from "./login.ts";

const ANSWER_LIMIT = 64 * 1024;
const TIMEOUT_MS = 20_000;
const LONGEST_TOKEN = 16 * 1024;
const LONGEST_LIFE_S = 10 * 365 * 24 * 60 * 60;
/** The words of RFC 6749, section 5.2, after which asking again comes to nothing. */
const FINAL = new Set(["invalid_grant", "invalid_client", "unauthorized_client", "unsupported_grant_type"]);

export type TokenAnswer =
  | { readonly outcome: "refreshed"; readonly login: Login }
  /** A person has to log in again. `reason` is the provider's word. */
  | { readonly outcome: "refused"; readonly reason: string }
  /** Nothing is known of the refresh token by that. */
  | { readonly outcome: "failed"; readonly reason: string };

/** Where a token endpoint may be: nobody between here and there reads a token. Throws an error that says what is wrong. */
export function parseTokenEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (!url) throw new Error("The token endpoint is not a URL.");
  const isLoopback = /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback))
    throw new Error("The token endpoint's address must begin with https:.");
  if (url.username !== "" || url.password !== "")
    throw new Error("The token endpoint's address holds a user name or a password.");
  return url;
}

/** Trades the refresh token for a new pair. Never rejects. Follows no redirect. */
export async function askTokens(login: Login, now: () => number = Date.now): Promise<TokenAnswer> {
  try {
    const { status, text } = await post(parseTokenEndpoint(login.tokenEndpoint), bodyOf(login));
    return readAnswer(login, { status, text, nowMs: now() });
  } catch (error) {
    return { outcome: "failed", reason: (error as NodeJS.ErrnoException).code ?? "no answer" };
  }
}

function bodyOf({ refreshToken, clientId, clientSecret, scope }: Login): string {
  const fields = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken, client_id: clientId });
  if (clientSecret !== undefined) fields.set("client_secret", clientSecret);
  if (scope !== undefined) fields.set("scope", scope);
  return fields.toString();
}

async function post(url: URL, body: string): Promise<{ status: number; text: string }> {
  const request = url.protocol === "https:" ? (await import("node:https")).request : requestPlain;
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": Buffer.byteLength(body),
      accept: "application/json",
      "accept-encoding": "identity",
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const outgoing = request(url, { method: "POST", headers, signal }, (answer: IncomingMessage) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        if (text.length > ANSWER_LIMIT) outgoing.destroy(new Error("The answer is too long."));
      });
      answer.once("error", reject);
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/** Pure. */
export function readAnswer(
  login: Login,
  { status, text, nowMs }: { readonly status: number; readonly text: string; readonly nowMs: number },
): TokenAnswer {
  const said = parse(text);
  const word = typeof said["error"] === "string" ? said["error"] : "";
  if (status >= 400 && status < 500 && FINAL.has(word)) return { outcome: "refused", reason: word };
  const access = said["access_token"];
  if (status !== 200 || !isToken(access)) return { outcome: "failed", reason: `status ${status}` };
  // Without a new one the old one stays good.
  const refresh = said["refresh_token"] ?? login.refreshToken;
  if (!isToken(refresh)) return { outcome: "failed", reason: "no refresh token" };
  const life = Number(said["expires_in"]);
  const isKnown = said["expires_in"] !== undefined && life > 0 && life < LONGEST_LIFE_S;
  const expiresAt = isKnown ? new Date(nowMs + life * 1000).toISOString() : null;
  return { outcome: "refreshed", login: { ...login, accessToken: access, refreshToken: refresh, expiresAt } };
}

/** What can be sent as a header's value. */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_TOKEN && /^[\u0021-\u007e]+$/.test(value);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
