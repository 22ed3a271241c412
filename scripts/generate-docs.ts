// Writes the pages that are made from the code. Wants core built: the schemas come from it.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./check/run-command.ts";
import { generatePages } from "./reference/pages.ts";

const pages = generatePages();
for (const [path, text] of pages) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
execFileSync(join(root, "node_modules/.bin/oxfmt"), [...pages.keys()], { cwd: root, stdio: "inherit" });
console.log(`${pages.size} pages written.`);
