import { setTimeout as sleep } from "node:timers/promises";
import { acquireLock, identifyProcess, readSession, stateRoot, writeJsonFile } from "@harness/core";
import { startScriptedModel } from "@harness/scripted-model";
import { existsSync } from "node:fs";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { demoSessions } from "../find-demo.ts";
import { modelLockPath, modelRecordPath, readModelRecord } from "./record.ts";
import { demoScript } from "./script.ts";

// The model of the demo: a process of its own, so that sessions have it whatever becomes of the dispatcher.

const LOOK_MS = 2_000;
/** Looks without anybody who needs it, after which it ends. */
const PATIENCE = 5;

const [path = "", port = "0", stepMs = "0", node = process.execPath] = process.argv.slice(2);
const root = stateRoot(path);
const lock = await acquireLock(modelLockPath(root));
if (lock === null) process.exit(0);
process.on("SIGUSR1", () => {});

const pace = { stepMs: Number(stepMs), node };
const model = await startScriptedModel({ script: demoScript(pace), port: Number(port) });
await writeJsonFile(modelRecordPath(root), {
  v: 1,
  ...identifyProcess(),
  port: Number(new URL(model.url).port),
  ...pace,
});

for (let idle = 0; idle < PATIENCE && isMine(); idle = isNeeded() ? 0 : idle + 1) await sleep(LOOK_MS);
process.exit(0);

/** False once the demo was taken away. */
function isMine(): boolean {
  return existsSync(modelRecordPath(root)) && readModelRecord(root)?.pid === process.pid;
}

function isNeeded(): boolean {
  return readDispatcher(root) !== null || demoSessions(root).some(({ id }) => readSession(root.session(id)).alive);
}
