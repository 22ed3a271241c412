import type { Provider } from "../providers/built-in.ts";

const TIMEOUT_MS = 20_000;
const BODY_LIMIT = 400;

export interface Trial {
  readonly ok: boolean;
  /** Null where the provider could not be reached. */
  readonly status: number | null;
  readonly text: string;
}

export interface Tried {
  /** Null for a provider that wants no key. */
  readonly secret: string | null;
  /** It is the access token of a login. */
  readonly isToken?: boolean;
}

/** Asks the provider for its list of models, which costs nothing, and says what it answered. */
export async function testCredential({ wire, baseUrl }: Provider, tried: Tried): Promise<Trial> {
  const { secret } = tried;
  const versioned = /\/v[0-9][a-z0-9.]*$/.test(baseUrl);
  const version = versioned ? "" : wire === "gemini" ? "/v1beta" : "/v1";
  const headers = { accept: "application/json", ...keyHeaders(wire, tried) };
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const answer = await fetch(`${baseUrl}${version}/models`, { headers, redirect: "manual", signal });
    const { status, ok } = answer;
    const said = ok ? "" : `: ${clean(await answer.text(), secret)}`;
    return { ok, status, text: `The provider answered ${status} ${answer.statusText}${said}`.trim() };
  } catch (error) {
    const cause = (error as Error).cause;
    const why = cause instanceof Error ? cause.message : (error as Error).message;
    return { ok: false, status: null, text: `The provider could not be reached: ${clean(why, secret)}` };
  }
}

function keyHeaders(wire: Provider["wire"], { secret, isToken }: Tried): Record<string, string> {
  if (secret === null) return {};
  const version: Record<string, string> = wire === "anthropic" ? { "anthropic-version": "2023-06-01" } : {};
  if (isToken) return { ...version, authorization: `Bearer ${secret}` };
  if (wire === "anthropic") return { ...version, "x-api-key": secret };
  return wire === "gemini" ? { "x-goog-api-key": secret } : { authorization: `Bearer ${secret}` };
}

function clean(text: string, secret: string | null): string {
  const masked = secret === null ? text : text.replaceAll(secret, "*****");
  return masked.replaceAll(/\s+/g, " ").slice(0, BODY_LIMIT);
}
