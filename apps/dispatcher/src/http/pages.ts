import type { Handler } from "hono";
import { buildStamp, readExportedFiles, type ExportedFile } from "./exported-files.ts";
import { pagePaths } from "./page-path.ts";
import type { HttpEnv } from "./principal.ts";

const NOT_BUILT = "The page is not built. Run `npx -y pnpm@12 build` in the checkout. The API is at /api.\n";

/** Serves the exported page from `directory`, which a rebuild may replace at any time. */
export function servePages(directory: string): Handler<HttpEnv> {
  let stamp: string | null = null;
  let files = new Map<string, ExportedFile>();

  return (c) => {
    const newest = buildStamp(directory);
    if (newest !== stamp && newest !== null) files = readExportedFiles(directory);
    stamp = newest ?? stamp;
    if (files.size === 0) return c.text(NOT_BUILT, 503);

    const file = pagePaths(decoded(c.req.path))
      .map((path) => files.get(path))
      .find(Boolean);
    if (!file) {
      const page = files.get("/404.html");
      return page ? c.body(page.body, 404, page.headers) : c.text("There is no such page.\n", 404);
    }
    if (c.req.header("if-none-match") === file.headers["ETag"]) return c.body(null, 304, file.headers);
    return c.body(file.body, 200, file.headers);
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // Not UTF-8: no file has such a name.
    return path;
  }
}
