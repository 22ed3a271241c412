import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runKillTest } from "./rounds.ts";

const HELP = `pnpm kill-test [--kills 10000] [--sessions 5] [--messages <5 a kill>] [--seed <number>]

Sends messages to live sessions while agent processes and the dispatcher are killed with
SIGKILL at random moments, then compares what is left on disk with the promise: nothing
lost, nothing handled twice, never two processes on one session, nothing left alive.`;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "10000" },
    sessions: { type: "string", default: "5" },
    messages: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const kills = Number(values.kills);
const home = mkdtempSync(join(tmpdir(), "harness-kill-"));
const report = await runKillTest({
  home,
  sessions: Number(values.sessions),
  messages: Number(values.messages ?? kills * 5),
  kills,
  seed: Number(values.seed),
  onProgress: (line) => console.log(line),
});
console.log(JSON.stringify(report, null, 2));
if (report.broken.length > 0) {
  console.log(`Broken promises. The state root is kept at ${home}.`);
  process.exit(1);
}
rmSync(home, { recursive: true, force: true });
