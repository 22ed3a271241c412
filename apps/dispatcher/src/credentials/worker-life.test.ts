import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isSameProcess, sendMessage, signalProcess, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { grantPath, listGrants, readGrant, socketName, WORKER_PROTOCOL } from "@harness/credentials";
import { describe, expect, test } from "vitest";
import { parkSession } from "../sessions/park.ts";
import { agentOf, runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";
import { keepWorker } from "./keep-worker.ts";
import { storeCredential } from "./store.ts";
import { CANARY, cloud, ended, says, spawnPi, startModel, withKey, workerPids } from "./testing/cloud.ts";
import { readWorker } from "./worker-record.ts";

const SCRIPT = join(import.meta.dirname, "testing/keep-and-die.ts");
const quiet = { info() {}, warn() {}, error() {}, close() {} };

describe("a dispatcher that is killed while it starts a worker", () => {
  test.each(["spawned", "recorded", "ready"])("when it is %s leaves none that nobody knows of", async (step) => {
    await using place = temporaryRoot();
    const { root } = place;
    const { signal } = spawnSync(process.execPath, [SCRIPT, root.path, step], { stdio: "ignore" });
    expect(signal).toBe("SIGKILL");
    // It has ended, or it is the one on record.
    await until(() => workerPids(root).every((pid) => pid === readWorker(root, "cloud")?.pid));
    if (step === "spawned") await until(() => workerPids(root).length === 0);
    const { providers } = cloud("http://127.0.0.1:1", "");
    const parts = { root, clock: systemClock, environment: process.env, log: quiet };
    const wish = { name: "cloud", endpoint: providers["cloud"]!, key: { secret: "sk-0123456789abcdef" } };
    // One that was never given its secret ends by itself.
    if (step === "recorded") await until(() => readWorker(root, "cloud") === null);
    const worker = await keepWorker(parts, wish);
    expect(workerPids(root)).toEqual([worker?.pid]);
    expect(await keepWorker(parts, wish)).toMatchObject({ pid: worker?.pid });
  });
});

test("a worker that cannot be written down is not left running, and gets no key", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const { record } = root.workerOf("cloud");
  const { providers } = cloud("http://127.0.0.1:1", "");
  const steps: string[] = [];
  const onStep = (step: string) => {
    steps.push(step);
    if (step === "spawned") mkdirSync(join(record, "in the way"), { recursive: true });
  };
  const parts = { root, clock: systemClock, environment: process.env, log: quiet };
  const wish = { name: "cloud", endpoint: providers["cloud"]!, key: { secret: CANARY } };
  await expect(keepWorker({ ...parts, onStep }, wish)).rejects.toMatchObject({
    code: "credential-worker-failed",
    message: expect.stringContaining("cannot be written down"),
  });
  expect(steps).toEqual(["spawned"]);
  await until(() => workerPids(root).length === 0);
  expect(existsSync(record)).toBe(false);
});

test("a worker of an older dispatcher, which has its files and sockets elsewhere, is started anew", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const endpoint = cloud("http://127.0.0.1:1", "").providers["cloud"]!;
  const parts = { root, clock: systemClock, environment: process.env, log: quiet };
  const wish = { name: "cloud", endpoint, key: { secret: CANARY } };
  await keepWorker(parts, wish);
  const record = readWorker(root, "cloud")!;
  const { wire, baseUrl } = endpoint;
  const settings = (protocol: object) =>
    createHmac("sha256", record.salt)
      .update(JSON.stringify({ ...protocol, wire, baseUrl }))
      .digest("hex");
  expect(record.settingsPrint).toBe(settings({ protocol: WORKER_PROTOCOL }));
  writeFileSync(root.workerOf("cloud").record, JSON.stringify({ ...record, settingsPrint: settings({}) }));
  const worker = await keepWorker(parts, wish);
  expect(worker?.pid).not.toBe(record.pid);
  expect(workerPids(root)).toEqual([worker?.pid]);
});

test("what a worker that was killed has left is taken away before the next one serves", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const [socket, folder] = ["session-1", "session-2"].map((id) => join(root.run.sockets, id, socketName("cloud")));
  for (const path of [dirname(socket!), join(folder!, "full")]) mkdirSync(path, { recursive: true });
  writeFileSync(socket!, "");
  const { providers } = cloud("http://127.0.0.1:1", "");
  const parts = { root, clock: systemClock, environment: process.env, log: quiet };
  expect(
    await keepWorker(parts, { name: "cloud", endpoint: providers["cloud"]!, key: { secret: CANARY } }),
  ).not.toBeNull();
  expect([existsSync(socket!), existsSync(folder!)]).toEqual([false, false]);
});

test("a start that finds the session's process already there leaves its worker key as it is", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."));
  const config = cloud(model.url);
  const first = await runDispatcher(root, { config, environment: withKey });
  const { id } = await spawnPi(first);
  await ended(first, id);
  const { pid } = agentOf(root, id)!;
  await first.close();
  const granted = readGrant(root.workerOf("cloud").directory, id);
  // Nobody can tell any more that it lives, but for its lock.
  rmSync(root.session(id).status);
  rmSync(root.session(id).statusPrevious, { force: true });
  const { wanted } = root.runOf(id);
  const { process: _gone, ...rest } = JSON.parse(readFileSync(wanted, "utf8")) as { process: unknown };
  writeFileSync(wanted, JSON.stringify(rest));

  await using second = await runDispatcher(root, { config, environment: withKey });
  await until(() => (second.context.wanted.get(id)?.generation ?? 0) > 1, { what: "another start" });
  await until(() => readGrant(root.workerOf("cloud").directory, id)?.startingKeyHashes === undefined);
  expect(readGrant(root.workerOf("cloud").directory, id)).toEqual(granted);
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(second, id, 2)).toMatchObject({ lastLine: "Here.", badge: "idle", pid });
});

test("a worker that nobody needs is not started again, until somebody does", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."));
  await using dispatcher = await runDispatcher(root, { config: cloud(model.url), environment: withKey });
  const { id } = await spawnPi(dispatcher);
  await ended(dispatcher, id);
  const worker = readWorker(root, "cloud")!;
  await parkSession(dispatcher.context, id);
  await until(() => agentOf(root, id) === null && listGrants(root.workerOf("cloud").directory)?.length === 0);
  signalProcess(worker, "SIGKILL");
  await until(() => !isSameProcess(worker));
  // Longer than it takes to be looked at twice.
  await systemClock.sleep(500);
  expect(workerPids(root)).toEqual([]);
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(dispatcher, id, 2)).toMatchObject({ lastLine: "Here." });
  expect(existsSync(grantPath(root.workerOf("cloud").directory, id))).toBe(true);
});

test("a session of a provider that needed no key goes on when it needs one", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const open = await startModel(says("Open."), null);
  const config = cloud(open.url, "");
  await using dispatcher = await runDispatcher(root, { config, environment: { PATH: process.env["PATH"] } });
  const { id, pid } = await spawnPi(dispatcher);
  expect(await ended(dispatcher, id)).toMatchObject({ lastLine: "Open.", keyInWorker: false });
  await storeCredential(root, { provider: "cloud", secret: CANARY, setAt: new Date().toISOString() });
  // Its process knows the way past the worker only.
  await until(() => agentOf(root, id) === null, { what: "the old process has ended" });
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  const after = await ended(dispatcher, id, 2);
  expect(after).toMatchObject({ lastLine: "Open.", keyInWorker: true });
  expect(after.pid).not.toBe(pid);
  expect(open.requests.findLast(({ wire }) => wire !== null)?.key).toBe(CANARY);
});

test("a session of a provider that gets a budget is counted from its next turn on", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."), null);
  const environment = { PATH: process.env["PATH"] };
  const first = await runDispatcher(root, { config: cloud(model.url, ""), environment });
  const { id } = await spawnPi(first);
  await ended(first, id);
  await first.close();
  const config = cloud(model.url, ", budget: { tokens: 100000 }");
  await using second = await runDispatcher(root, { config, environment });
  await until(() => agentOf(root, id) === null, { what: "the old process has ended" });
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(second, id, 2)).toMatchObject({ lastLine: "Here.", keyInWorker: true });
  expect(existsSync(join(root.workerOf("cloud").directory, "spent", `${id}.json`))).toBe(true);
});

test("a start whose key is locked waits, and goes on when it is opened", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const model = await startModel(says("Here."));
  const setAt = new Date().toISOString();
  await storeCredential(root, { provider: "cloud", secret: CANARY, setAt, passphrase: "open sesame" });
  const options = { config: cloud(model.url), environment: { PATH: process.env["PATH"] } };
  const first = await runDispatcher(root, options);
  await first.context.credentials.unlock("cloud", "open sesame");
  const { id } = await spawnPi(first);
  await ended(first, id);
  await first.close({ all: true });

  await using second = await runDispatcher(root, options);
  const { generation = 0 } = second.context.wanted.get(id) ?? {};
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "again" } });
  await until(() => (second.context.wanted.get(id)?.generation ?? 0) === generation + 1, { what: "a first start" });
  // A second one comes no sooner than somebody could have opened the key.
  await systemClock.sleep(2_000);
  expect(second.context.wanted.get(id)).toMatchObject({ generation: generation + 1, restarts: [] });
  expect([agentOf(root, id), listGrants(root.workerOf("cloud").directory)]).toEqual([null, []]);
  await second.context.credentials.unlock("cloud", "open sesame");
  expect(await ended(second, id, 2)).toMatchObject({ lastLine: "Here.", badge: "idle" });
});
