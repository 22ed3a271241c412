import { digest } from "./secrets.ts";

/** The policy of one exported page: its own inline scripts by their hashes, and nothing from anywhere else. */
export function contentSecurityPolicy(html: string): string {
  const scripts = ["'self'", ...inlineScripts(html).map((script) => `'sha256-${digest(script).toString("base64")}'`)];
  return [
    "default-src 'none'",
    `script-src ${[...new Set(scripts)].join(" ")}`,
    "style-src 'self'",
    "font-src 'self'",
    "img-src 'self'",
    "manifest-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "require-trusted-types-for 'script'",
    // The page's own, which lets its build load its own files; a second one cannot be made.
    "trusted-types default",
  ].join("; ");
}

// The pages are our own build's: a tokenizer for hostile HTML would be out of place here.
function inlineScripts(html: string): string[] {
  return Array.from(
    html.matchAll(/<script(?<attributes>[^>]*)>(?<body>[\s\S]*?)<\/script>/gi),
    (match) => match.groups ?? {},
  )
    .filter(({ attributes = "", body = "" }) => body !== "" && !/\ssrc\s*=/i.test(attributes))
    .map(({ body = "" }) => body);
}
