import { RELAY_SOCKET, type RelayLine, type RelayRefuse, type RelayStart, type RelaySync } from "../model/call.ts";
import { readLines } from "../model/read-lines.ts";
import { serveRelay, type Served } from "./serve-relay.ts";
import { parseUpstream } from "../model/upstream.ts";

let started = false;

function tell(line: RelayLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

let served: Served | null = null;

async function begin({ upstream, prefix, host, path, worker }: RelayStart): Promise<void> {
  try {
    const socket = path ?? RELAY_SOCKET;
    served = await serveRelay({ upstream: parseUpstream(upstream), prefix, host, socket, worker, tell });
    tell({ type: "ready" });
  } catch (error) {
    tell({ type: "failed", text: (error as Error).message });
  }
}

function hear(line: string): void {
  // What was told before is read before this answer: it comes on the same pipe.
  if (started) {
    const asked = JSON.parse(line) as RelaySync | RelayRefuse;
    return "sync" in asked ? tell({ type: "synced", request: asked.sync }) : served?.refuse(asked.refuse);
  }
  started = true;
  void begin(JSON.parse(line) as RelayStart);
}

readLines(process.stdin, hear);
// The agent process holds the other end: when it ends, however it ends, so does this process.
process.stdin.once("close", () => process.exit(0));
// Whoever read what is told is gone.
process.stdout.on("error", () => process.exit(0));
// A terminal's interrupt is meant for the agent process, which decides what ends when.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
