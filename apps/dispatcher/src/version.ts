import { createRequire } from "node:module";

/** The version of the package that this runs from. */
export function readVersion(): string {
  return (createRequire(import.meta.url)("@harness/dispatcher/package.json") as { version: string }).version;
}
