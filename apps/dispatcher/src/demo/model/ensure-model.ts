import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { HarnessError, type Clock, type StateRoot } from "@harness/core";
import { demoSessions } from "../find-demo.ts";
import type { Pace } from "../roles.ts";
import { modelUrl, readModelRecord } from "./record.ts";

const START_MS = 15_000;
const LOOK_MS = 50;

export interface ModelWish {
  readonly root: StateRoot;
  readonly clock: Clock;
  /** How a model that is new plays; one that was there before keeps its own pace. */
  readonly pace: Pace;
}

/** The address of the demo's model, which is started where it does not run. Throws `spawn-failed`. */
export async function ensureModel({ root, clock, pace }: ModelWish): Promise<string> {
  const known = readModelRecord(root);
  const running = modelUrl(known);
  if (running !== null) return running;
  const { port, stepMs, node } = known ?? { ...pace, port: 0 };
  mkdirSync(root.demo, { recursive: true, mode: 0o700 });
  const args = [modelProgram(), root.path, String(port), String(stepMs), node];
  // It outlives whoever starts it, as the sessions do that ask it.
  const child = spawn(process.execPath, args, { cwd: root.demo, env: {}, detached: true, stdio: "ignore" });
  let failed = false;
  // It ends well where another one was faster, whose record is about to be there.
  child.once("exit", (code) => (failed = code !== 0));
  child.once("error", () => (failed = true));
  child.unref();
  for (const until = clock.monotonic() + START_MS; ; await clock.sleep(LOOK_MS)) {
    // Whichever process it is: another one may have been faster.
    const url = modelUrl(readModelRecord(root));
    if (url !== null) return url;
    if (failed || clock.monotonic() > until) throw couldNotStart(port);
  }
}

/** For a dispatcher that starts: the sessions of a demo go on only with their model. */
export async function ensureModelOfDemo(wish: Omit<ModelWish, "pace">): Promise<void> {
  if (readModelRecord(wish.root) === null) return;
  if (!demoSessions(wish.root).some(({ status }) => status?.state !== "closed")) return;
  await ensureModel({ ...wish, pace: { stepMs: 0, node: process.execPath } });
}

// It is found as a file, because it is a program of its own.
function modelProgram(): string {
  const manifest = createRequire(import.meta.url).resolve("@harness/dispatcher/package.json");
  return join(dirname(manifest), "dist", "demo-model.js");
}

function couldNotStart(port: number): HarnessError {
  const why = port === 0 ? "" : ` Its sessions were told that it is at port ${port}, and something else may be there.`;
  return new HarnessError("spawn-failed", `The demo's model did not start.${why}`, {
    hint: "`harness demo --clean` takes the demo away, `harness demo` starts it anew.",
  });
}
