import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identifyProcess, stateRoot, systemClock } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { grantPath } from "@harness/credentials";
import { expect, onTestFinished, test } from "vitest";
import { watchWorkers } from "./watch-workers.ts";

function startProcess() {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, identity: identifyProcess(child.pid)! };
}

test("a look that sees nothing ends neither the process nor the watch", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  const grant = grantPath(root.workerOf("cloud").directory, "s1");
  mkdirSync(dirname(grant), { recursive: true });
  writeFileSync(grant, "{}");
  const warnings: string[] = [];
  const log = { info() {}, error() {}, close() {}, warn: (text: string) => void warnings.push(text) };
  let started = 0;
  const watch = watchWorkers({ root, clock: systemClock, log }, async (name) => {
    started += 1;
    watch.serves(name, startProcess().identity);
  });
  onTestFinished(watch.close);
  const { child, identity } = startProcess();
  watch.serves("cloud", identity);
  // Whatever is below it can be asked for by nobody.
  symlinkSync(root.credentials, root.credentials);
  watch.begin();
  await until(() => warnings.length > 0);
  await systemClock.sleep(500);
  expect([warnings, started]).toEqual([["it cannot be seen whether a credential worker lives"], 0]);
  rmSync(root.credentials);
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  await until(() => started === 1);
});
