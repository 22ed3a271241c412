import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import {
  fromErrorRecord,
  HarnessError,
  isHarnessError,
  systemClock,
  type ErrorRecord,
  type StateRoot,
} from "@harness/core";
import { makeRoot } from "../supervisor/make-root.ts";
import { readDispatcher, type DispatcherRecord } from "../supervisor/singleton.ts";
import type { Io } from "./environment.ts";

const START_WAIT_MS = 60_000;
const LOOK_MS = 50;
/** As bin/harness starts it in the foreground. */
const SMALL = "--max-semi-space-size=4";

/**
 * The dispatcher of this state root; one is started in the background when none runs. Without a port of the person's
 * choice any other will do when the usual one is taken. Throws `port-in-use`, `config-invalid`, `dispatcher-unreachable`.
 */
export async function ensureDispatcher(io: Io, port?: number): Promise<DispatcherRecord> {
  const running = readDispatcher(io.root);
  if (running) return running;
  try {
    await start(io, port);
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    if (error.code === "port-in-use" && port === undefined) await start(io, 0);
    else if (error.code !== "dispatcher-running") throw error;
  }
  return await awaitDispatcher(io.root);
}

/** The dispatcher that has just been started, by us or by somebody else at the same time. */
export async function awaitDispatcher(root: StateRoot): Promise<DispatcherRecord> {
  const until = systemClock.monotonic() + START_WAIT_MS;
  for (;;) {
    const record = readDispatcher(root);
    if (record) return record;
    if (systemClock.monotonic() > until) {
      throw new HarnessError(
        "dispatcher-unreachable",
        `A dispatcher holds ${root.run.lock} and does not say where it listens.`,
        {
          hint: `See ${root.run.log}.`,
        },
      );
    }
    await systemClock.sleep(LOOK_MS);
  }
}

/** Starts `dist/dispatcher.js` so that it outlives this process, and waits for its word that it is ready. */
async function start({ root, environment }: Io, port: number | undefined): Promise<void> {
  makeRoot(root);
  const log = join(root.run.path, "start.log");
  const output = openSync(log, "w", 0o600);
  try {
    const child = spawn(
      process.execPath,
      [SMALL, program(), "--ready-fd", "3", ...(port === undefined ? [] : ["--port", String(port)])],
      {
        // Not the person's directory: it could not be unmounted or removed while the dispatcher runs.
        cwd: root.path,
        detached: true,
        // As it is meant here: a relative path would lead elsewhere from there.
        env: { ...environment, HARNESS_HOME: root.path },
        stdio: ["ignore", output, output, "pipe"],
      },
    );
    const said = await firstWord(child);
    if (said === null) throw new HarnessError("dispatcher-unreachable", silence(log));
    if (said.error) throw fromErrorRecord(said.error);
  } finally {
    closeSync(output);
  }
}

function program(): string {
  return join(
    dirname(createRequire(import.meta.url).resolve("@harness/dispatcher/package.json")),
    "dist",
    "dispatcher.js",
  );
}

// Null when it ended, or said nothing for too long.
async function firstWord(child: ChildProcess): Promise<{ error?: ErrorRecord } | null> {
  const pipe = child.stdio[3] as Readable;
  const given = new AbortController();
  const line = new Promise<string | null>((resolve) => {
    createInterface({ input: pipe })
      .once("line", resolve)
      .once("close", () => resolve(null));
    child.once("error", () => resolve(null));
  });
  const first = await Promise.race([line, systemClock.sleep(START_WAIT_MS, given.signal).then(() => null)]);
  given.abort();
  pipe.destroy();
  child.unref();
  return first === null ? null : (JSON.parse(first) as { error?: ErrorRecord });
}

function silence(log: string): string {
  const said = readFileSync(log, "utf8").trim().slice(-2000);
  return `The dispatcher did not start${said === "" ? "." : `: ${said}`}`;
}
