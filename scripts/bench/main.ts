import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { measureIdleDispatcher } from "./dispatcher.ts";
import { measureCodingAgent } from "./coding-agent.ts";
import { isWithin, score, table, type Figure } from "./figure.ts";
import { measureMemory } from "./memory.ts";
import { measureMessages } from "./message.ts";
import { measurePs } from "./ps.ts";
import { measureRadar } from "./radar.ts";
import { measureSandbox } from "./sandbox.ts";
import { measureRelay, measureWorker } from "./relay.ts";
import { measureSpawn } from "./spawn.ts";
import { scratchDirectory } from "./state.ts";
import { measureWorktree } from "./worktree.ts";

const BENCHES: Record<string, (scratch: string) => Promise<Figure[]>> = {
  spawn: measureSpawn,
  sandbox: measureSandbox,
  message: measureMessages,
  memory: measureMemory,
  dispatcher: measureIdleDispatcher,
  ps: measurePs,
  radar: measureRadar,
  relay: measureRelay,
  "credential-worker": measureWorker,
  "coding-agent": measureCodingAgent,
  // The last: what it leaves to be deleted would slow down whatever makes files after it.
  worktree: measureWorktree,
};

const HELP = `pnpm bench [--only ${Object.keys(BENCHES).join(",")}] [--json <file>]

Measures Harness against bare commands in the same run, on a disk filesystem. Prints a
table, writes JSON with --json, and ends with 1 when a figure is over its limit.`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const chosen = values.only?.flatMap((each) => each.split(",")) ?? Object.keys(BENCHES);
const unknown = chosen.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`There is no bench ${unknown}. ${HELP}`);
  process.exit(2);
}

const scratch = scratchDirectory();
const figures: Figure[] = [];
try {
  for (const [name, measure] of Object.entries(BENCHES)) {
    if (!chosen.includes(name)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...(await measure(scratch.path)));
  }
} finally {
  scratch.remove();
}

console.log(table(figures));
const report = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  cores: cpus().length,
  measuredAt: new Date().toISOString(),
  figures: figures.map((figure) => ({ ...figure, score: score(figure), within: isWithin(figure) })),
};
if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exitCode = figures.every(isWithin) ? 0 : 1;
