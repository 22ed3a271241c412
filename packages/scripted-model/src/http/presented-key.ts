import type { IncomingHttpHeaders } from "node:http";

/** The key a client presents: `x-api-key` (Anthropic), `Authorization: Bearer` (OpenAI), `x-goog-api-key` or `?key=` (Gemini). */
export function presentedKey(headers: IncomingHttpHeaders, url: URL): string | null {
  const { authorization = "" } = headers;
  const named = headers["x-api-key"] ?? headers["x-goog-api-key"] ?? url.searchParams.get("key");
  return typeof named === "string" ? named : (/^Bearer +(.+)$/i.exec(authorization)?.[1] ?? null);
}
