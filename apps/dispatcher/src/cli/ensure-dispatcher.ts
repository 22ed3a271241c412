import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HarnessError, systemClock, type StateRoot } from "@harness/core";
import { readDispatcher, type DispatcherRecord } from "../supervisor/singleton.ts";
import type { Io } from "./environment.ts";

export const START_WAIT_MS = 30_000;
const LOOK_MS = 50;

/** The dispatcher of this state root; one is started in the background when none runs. Throws `dispatcher-unreachable`. */
export async function ensureDispatcher(io: Io, words: readonly string[] = []): Promise<DispatcherRecord> {
  const { root } = io;
  const running = readDispatcher(root);
  if (running) return running;
  mkdirSync(root.run.path, { recursive: true, mode: 0o700 });
  const log = startLog(root);
  const output = openSync(log, "w", 0o600);
  const [, program = ""] = process.argv;
  const child = spawn(process.execPath, [program, "up", "--background", ...words], {
    // Not the person's directory: it could not be unmounted or removed while the dispatcher runs.
    cwd: root.path,
    detached: true,
    env: io.environment,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  let ended = false;
  child.once("exit", () => (ended = true));
  child.once("error", () => (ended = true));
  child.unref();

  const until = systemClock.monotonic() + START_WAIT_MS;
  for (;;) {
    const record = readDispatcher(root);
    if (record) return record;
    if (ended || systemClock.monotonic() > until) throw notStarted(log, ended);
    await systemClock.sleep(LOOK_MS);
  }
}

/** What a dispatcher in the background says before it has a log of its own. */
function startLog(root: StateRoot): string {
  return join(root.run.path, "start.log");
}

function notStarted(log: string, ended: boolean): HarnessError {
  const said = readFileSync(log, "utf8").trim().slice(-2000);
  const why = ended ? "It ended at once" : `It was not ready within ${START_WAIT_MS / 1000} s`;
  return new HarnessError("dispatcher-unreachable", `The dispatcher did not start. ${why}${said === "" ? "." : `: ${said}`}`, {
    hint: "`harness up` in the foreground shows more, `harness doctor` looks for the reason.",
  });
}
