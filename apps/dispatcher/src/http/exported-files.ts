import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { contentSecurityPolicy } from "./content-security-policy.ts";
import { digest } from "./secrets.ts";

/** One file of the page, ready to be sent. */
export interface ExportedFile {
  body: Buffer<ArrayBuffer>;
  headers: Record<string, string>;
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/**
 * Every file below `directory` by its URL path. They are read at once and kept: a request can only ask for what is in
 * this map, so no path leads out of it, and a rebuild does not pull scripts away under an open page.
 */
export function readExportedFiles(directory: string): Map<string, ExportedFile> {
  const files = new Map<string, ExportedFile>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const url = path.slice(directory.length).split(sep).join("/");
    const body = readFileSync(path);
    files.set(url, { body, headers: headersOf(url, body) });
  }
  return files;
}

/** Changes when another build was put in place. */
export function buildStamp(directory: string): string | null {
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats ? `${stats.ino}:${stats.mtimeMs}` : null;
}

function headersOf(url: string, body: Buffer): Record<string, string> {
  const type = TYPES[extname(url)] ?? "application/octet-stream";
  return {
    "Content-Type": type,
    ETag: `"${digest(body).toString("base64url")}"`,
    // The names below _next/static hold a hash of their content.
    "Cache-Control": url.startsWith("/_next/static/") ? "public, max-age=31536000, immutable" : "no-cache",
    ...(type.startsWith("text/html") ? { "Content-Security-Policy": contentSecurityPolicy(body.toString()) } : {}),
  };
}
