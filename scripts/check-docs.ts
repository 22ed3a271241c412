// Whether the Markdown of this checkout tells the truth: cited paths and linked headings exist, and so do the commands.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../apps/dispatcher/src/cli/command-map.ts";
import { root } from "./check/run-command.ts";
import { findMistakes, type Checkout } from "./docs/find-mistakes.ts";
import { readMarkdown } from "./docs/read-markdown.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const exclude = (path: string) => /(^|\/)(node_modules|dist|out|public|[.]next|[.]git)$/.test(path);

const paths = globSync("**/*.md", { cwd: root, exclude }).toSorted();
const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

const checkout: Checkout = {
  exists: (glob) => globSync(glob.replace(/\/$/, ""), { cwd: root }).length > 0,
  pages: new Map(paths.map((path) => [path, readMarkdown(read(path))])),
  commands: {
    harness: new Set(Object.keys(COMMANDS)),
    pnpm: new Set(Object.keys(scripts)),
  },
};

const mistakes = paths.flatMap((path) => findMistakes(path, checkout));
for (const mistake of mistakes) console.log(mistake);
process.exitCode = mistakes.length === 0 ? 0 : 1;
