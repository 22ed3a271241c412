import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findViolations, ruleNames } from "./boundaries/cruise.ts";
import { judgePlants } from "./boundaries/judge-plants.ts";
import { plants, soil } from "./boundaries/plants.ts";

async function findPlanted(): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "harness-boundaries-"));
  try {
    const files = { ...soil, ...Object.fromEntries(plants.map(({ path, source }) => [path, source])) };
    for (const [path, source] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), source);
    }
    const { findings } = await findViolations(directory);
    return judgePlants(ruleNames, plants, findings);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const mistakes = await findPlanted();
const { findings, moduleCount } = await findViolations(join(import.meta.dirname, ".."));
if (moduleCount === 0) mistakes.push("No source file was read, so nothing was checked.");
for (const mistake of mistakes) console.log(mistake);
for (const { rule, from, to } of findings) console.log(`${rule}: ${from} -> ${to}`);
console.log(`${moduleCount} sources, ${ruleNames.length} rules, ${plants.length} plants.`);
process.exitCode = mistakes.length + findings.length > 0 ? 1 : 0;
