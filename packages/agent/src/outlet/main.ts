import { parseListedHost } from "@harness/sandbox";
import { readLines } from "../model/read-lines.ts";
import type { OutletLine, OutletStart } from "../wall/outlet-line.ts";
import { createRefusalLog } from "./refusal-log.ts";
import { serveOutlet } from "./serve-outlet.ts";

let started = false;

function tell(line: OutletLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function begin({ socket, hosts }: OutletStart): Promise<void> {
  try {
    const onRefused = createRefusalLog(tell, () => performance.now());
    await serveOutlet({ socket, hosts: hosts.map(parseListedHost), onRefused });
    tell({ type: "ready" });
  } catch (error) {
    tell({ type: "failed", text: (error as Error).message });
  }
}

readLines(process.stdin, (line) => {
  if (started) return;
  started = true;
  void begin(JSON.parse(line) as OutletStart);
});
// The agent process holds the other end: when it ends, however it ends, so does this process.
process.stdin.once("close", () => process.exit(0));
process.stdout.on("error", () => process.exit(0));
// A terminal's interrupt is meant for the agent process, which decides what ends when.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
