import { createRequire } from "node:module";

/** The escape pack as one file, which needs nothing but Node. */
export function packProgram(): string {
  return createRequire(import.meta.url).resolve("@harness/sandbox/escape-pack.mjs");
}
