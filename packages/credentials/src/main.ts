import { Socket } from "node:net";
import { guardProcess } from "./guard.ts";
import { START_FD, type GitWorkerStart, type WorkerStart } from "./protocol.ts";
import { serveWorker, type Worker } from "./serve-worker.ts";

const START_LIMIT = 64 * 1024;
/** Whoever started it and says nothing for so long has no use for it. */
const START_MS = 5_000;
/** Longer than a token endpoint is waited for: a login that it has renewed is worth nothing where nobody wrote it down. */
const LEAVE_MS = 22_000;
const door = new Socket({ fd: START_FD, readable: true, writable: true });
let text = "";
let begun = false;
let worker: Worker | null = null;

function leave(): void {
  if (worker === null) process.exit(0);
  setTimeout(() => process.exit(0), LEAVE_MS);
  void worker.leave().finally(() => process.exit(0));
}

async function begin(start: WorkerStart | GitWorkerStart): Promise<void> {
  try {
    guardProcess({ execArgv: process.execArgv, environment: process.env });
    worker = await serveWorker(start, leave);
    door.end(`${JSON.stringify({ ready: true })}\n`);
  } catch (error) {
    door.end(`${JSON.stringify({ failed: (error as Error).message })}\n`, () => process.exit(1));
  }
}

setTimeout(() => begun || process.exit(1), START_MS).unref();
door.on("error", () => {});
// Whoever started it went away in the middle of the line.
door.on("close", () => begun || process.exit(1));
door.setEncoding("utf8").on("data", (piece: string) => {
  text += piece;
  const end = text.indexOf("\n");
  if (begun || (end < 0 && text.length <= START_LIMIT)) return;
  begun = true;
  const line = text.slice(0, end);
  text = "";
  void begin(JSON.parse(line) as WorkerStart | GitWorkerStart);
});
process.on("SIGTERM", leave);
