import { createRequire } from "node:module";

/** The version of the package that this runs from. */
export function version(): string {
  const manifest = createRequire(import.meta.url)("@harness/dispatcher/package.json") as { version: string };
  return manifest.version;
}
