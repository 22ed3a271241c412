import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { ERROR_KINDS, HarnessError, stateRoot, stateRootPath, toErrorRecord } from "@harness/core";
import { dropKeys } from "./credentials/hide-keys.ts";
import { startDispatcher, type Dispatcher } from "./start-dispatcher.ts";

// The dispatcher's process: `node dist/dispatcher.js [--port <n>] [--ready-fd <n>]`, state root from HARNESS_HOME.
// Exit codes: 0 ended as asked, 1 refused, 2 wrong usage, 70 bug.

async function main(): Promise<void> {
  const { port, readyFd } = readArguments();
  try {
    const dispatcher = await startDispatcher({
      root: stateRoot(stateRootPath(process.env)),
      environment: { ...process.env },
      ...(port === undefined ? {} : { port }),
    });
    dropKeys(process.env, dispatcher.context.config.providers);
    listenToSignals(dispatcher);
    say(readyFd, { ready: true, pid: process.pid, url: dispatcher.url });
    await dispatcher.closed;
    process.exit(0);
  } catch (error) {
    const record = toErrorRecord(error);
    say(readyFd, { error: record });
    process.stderr.write(`harness: ${record.message}\n${record.hint}\n`);
    process.exit(ERROR_KINDS[record.kind].exitCode);
  }
}

function readArguments(): { port?: number; readyFd?: number } {
  const { values } = parseArgs({ options: { port: { type: "string" }, "ready-fd": { type: "string" } } });
  return {
    ...(values.port === undefined ? {} : { port: parseNumber(values.port, 65_535) }),
    ...(values["ready-fd"] === undefined ? {} : { readyFd: parseNumber(values["ready-fd"], 9999) }),
  };
}

function parseNumber(text: string, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= most) return Number(text);
  throw new HarnessError("usage-invalid", `${JSON.stringify(text)} is not a number up to ${most}.`);
}

function listenToSignals(dispatcher: Dispatcher): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void dispatcher.close());
  // The terminal that started it may close.
  process.on("SIGHUP", () => {});
  process.on("uncaughtException", (error) => {
    dispatcher.context.log.error("the dispatcher failed", { error });
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(70);
  });
}

function say(fd: number | undefined, line: object): void {
  if (fd === undefined) return;
  try {
    writeSync(fd, `${JSON.stringify(line)}\n`);
  } catch {
    // Whoever started it no longer listens.
  }
}

// Without a handler SIGUSR1 opens the inspector, through which anybody local reads this process's memory.
process.on("SIGUSR1", () => {});
await main();
