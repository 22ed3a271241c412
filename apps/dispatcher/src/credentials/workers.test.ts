import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isSameProcess, sendMessage, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { answerQuestion } from "../sessions/answer.ts";
import { allowTokens } from "../sessions/allow-tokens.ts";
import { getSession } from "../sessions/get.ts";
import { removeSession } from "../sessions/remove.ts";
import { runDispatcher, temporaryRoot } from "../supervisor/testing/dispatchers.ts";
import { forgetCredential } from "./forget-credential.ts";
import { storeCredential } from "./store.ts";
import { watchFor } from "./testing/canaries.ts";
import { CANARY, cloud, ended, says, spawnPi, startModel, withKey } from "./testing/cloud.ts";
import { readWorker } from "./worker-record.ts";

const { holds: holdsKey, ...canary } = watchFor(CANARY);

test("after a turn of a real coding agent the key is in no file, no process and no answer", async () => {
  await using place = temporaryRoot();
  const look = "env > env.txt; cat /proc/*/environ /proc/*/cmdline > processes.bin 2>/dev/null; env";
  const model = await startModel({ scenarios: [{ name: "looks", replies: [[{ run: look }], [{ text: "Looked." }]] }] });
  await using dispatcher = await runDispatcher(place.root, { config: cloud(model.url), environment: withKey });
  const { id } = await spawnPi(dispatcher);
  const running = canary.processes();
  const session = await ended(dispatcher, id);
  expect(session).toMatchObject({ lastLine: "Looked.", keyInWorker: true, keyInsideSession: false });
  expect(session.notes.join()).not.toContain("key inside");
  expect(model.requests.filter(({ wire }) => wire !== null).every(({ key }) => key === CANARY)).toBe(true);

  // The agent did look, and saw the worker key.
  const seen = readFileSync(join(place.root.session(id).work, "env.txt"), "utf8");
  expect(seen).toMatch(/^CLOUD_KEY=harness-worker-key-/m);
  expect(seen).not.toContain("HARNESS_MODEL_SOCKET");
  expect(statSync(join(place.root.session(id).work, "processes.bin")).size).toBeGreaterThan(1000);
  expect([...running, ...canary.processes()]).toEqual([]);
  expect(canary.files(place.root.path)).toEqual([]);
  expect(await canary.answers(dispatcher, id)).toEqual([]);
});

test("a worker that is killed is there again within two seconds, and no session is started again for it", async () => {
  await using place = temporaryRoot();
  const model = await startModel({
    scenarios: [
      {
        name: "slow",
        when: "slowly",
        replies: [[{ text: "Slowly, ", everyMs: 5 }, { delayMs: 1500 }, { text: "done." }]],
      },
      { name: "all", replies: [[{ text: "Here." }]] },
    ],
  });
  await using dispatcher = await runDispatcher(place.root, { config: cloud(model.url), environment: withKey });
  const { id } = await spawnPi(dispatcher);
  const { pid } = await ended(dispatcher, id);
  const worker = () => readWorker(place.root, "cloud");
  const killWorker = async () => {
    const old = worker()!;
    process.kill(old.pid, "SIGKILL");
    await until(() => !isSameProcess(old));
    const begun = performance.now();
    await until(() => worker() !== null && worker()!.pid !== old.pid);
    expect(performance.now() - begun).toBeLessThan(2000);
  };
  for (let round = 0; round < 3; round += 1) await killWorker();
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(dispatcher, id, 2)).toMatchObject({ lastLine: "Here.", pid });

  // In the middle of an answer: the coding agent tries again by itself.
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "slowly" } });
  await until(() => model.requests.some(({ scenario, status }) => scenario === "slow" && status === 200));
  await killWorker();
  expect(await ended(dispatcher, id, 3)).toMatchObject({ pid });
  expect(getSession(dispatcher.context, id).turn).toMatchObject({ stopReason: "end_turn" });
});

test("a worker outlives its dispatcher, and the next one goes on with it although it has no key", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const config = cloud(model.url);
  const first = await runDispatcher(place.root, { config, environment: withKey });
  const { id } = await spawnPi(first);
  await ended(first, id);
  const worker = readWorker(place.root, "cloud");
  await first.close();
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "with nobody there" } });
  await using second = await runDispatcher(place.root, { config, environment: { PATH: process.env["PATH"] } });
  await ended(second, id, 2);
  expect(readWorker(place.root, "cloud")?.pid).toBe(worker?.pid);
  await second.close({ all: true });
  expect(readWorker(place.root, "cloud")).toBeNull();
});

test("a key that is changed is used from the next call on, and a session that is removed leaves nothing", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."), ["sk-the-second-key"]);
  const setAt = new Date().toISOString();
  await storeCredential(place.root, { provider: "cloud", secret: "sk-the-first-key", setAt });
  await using dispatcher = await runDispatcher(place.root, { config: cloud(model.url, "") });
  const { id } = await spawnPi(dispatcher);
  expect((await ended(dispatcher, id)).turn?.failure).toMatchObject({ code: "model-unauthorized" });
  const before = readWorker(place.root, "cloud")!;
  await storeCredential(place.root, { provider: "cloud", secret: "sk-the-second-key", setAt });
  await until(() => readWorker(place.root, "cloud") !== null && readWorker(place.root, "cloud")?.pid !== before.pid);
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "again" } });
  expect(await ended(dispatcher, id, 2)).toMatchObject({ lastLine: "Here.", badge: "idle" });
  await removeSession(dispatcher.context, id);
  expect(readdirSync(place.root.run.sockets)).toEqual([]);
  expect(readdirSync(join(place.root.workerOf("cloud").directory, "grants"))).toEqual([]);
});

test("a key that is forgotten answers nobody from then on", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  await storeCredential(place.root, { provider: "cloud", secret: CANARY, setAt: new Date().toISOString() });
  const { PATH } = process.env;
  await using dispatcher = await runDispatcher(place.root, { config: cloud(model.url), environment: { PATH } });
  const { id } = await spawnPi(dispatcher);
  expect(await ended(dispatcher, id)).toMatchObject({ lastLine: "Here." });
  const worker = readWorker(place.root, "cloud")!;
  expect(await forgetCredential(place.root, systemClock, "cloud")).toBe(true);
  expect([isSameProcess(worker), await forgetCredential(place.root, systemClock, "cloud")]).toEqual([false, false]);
  const asked = model.requests.length;
  await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "again" } });
  expect((await ended(dispatcher, id, 2)).turn?.stopReason).toBe("failed");
  expect(model.requests.length).toBe(asked);
  expect(readWorker(place.root, "cloud")).toBeNull();
});

test("a key under a passphrase is of use once it is open, and not before", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const setAt = new Date().toISOString();
  await storeCredential(place.root, { provider: "cloud", secret: CANARY, setAt, passphrase: "open sesame" });
  const { credential } = place.root.workerOf("cloud");
  expect(statSync(credential).mode & 0o077).toBe(0);
  expect(holdsKey(readFileSync(credential))).toBe(false);
  const { PATH } = process.env;
  await using dispatcher = await runDispatcher(place.root, { config: cloud(model.url), environment: { PATH } });
  const { credentials } = dispatcher.context;
  await expect(spawnPi(dispatcher)).rejects.toMatchObject({ code: "credential-locked" });
  await expect(credentials.unlock("cloud", "open barley")).rejects.toMatchObject({ code: "credential-locked" });
  await credentials.unlock("cloud", "open sesame");
  const { id } = await spawnPi(dispatcher);
  expect(await ended(dispatcher, id)).toMatchObject({ lastLine: "Here." });
});

test("a turn whose budget is spent waits for its person, and goes on when it is allowed more", async () => {
  await using place = temporaryRoot();
  const model = await startModel(says("Here."));
  const config = cloud(model.url, ", keyEnv: CLOUD_KEY, budget: { tokens: 1 }");
  await using dispatcher = await runDispatcher(place.root, { config, environment: withKey });
  const { context } = dispatcher;
  const { id, pid } = await spawnPi(dispatcher);
  expect(await ended(dispatcher, id)).toMatchObject({ badge: "idle", lastLine: "Here." });
  const asked = async () => {
    await sendMessage(place.root.session(id), { kind: "prompt", body: { text: "more" } });
    const [question] = await until(() => {
      const { waiting } = context.supervisor.look(id);
      return waiting.length > 0 && waiting;
    });
    expect(getSession(context, id)).toMatchObject({ badge: "needs you", turn: { state: "running" } });
    expect(question).toMatchObject({ about: "budget", text: expect.stringMatching(/is spent: \d+ of \d+ tokens/) });
    return question!.id;
  };
  const calls = () => model.requests.filter(({ wire }) => wire !== null).length;

  const before = calls();
  const allowed = await asked();
  expect(calls()).toBe(before);
  await answerQuestion(context, id, { to: allowed, option: "allow" });
  expect(await ended(dispatcher, id, 2)).toMatchObject({ badge: "idle", lastLine: "Here.", pid });
  expect(calls()).toBeGreaterThan(before);

  await answerQuestion(context, id, { to: await asked(), option: "deny" });
  const denied = await ended(dispatcher, id, 3);
  expect(denied.turn?.failure).toMatchObject({ code: "budget-spent", text: expect.stringContaining("tokens") });
  expect(denied).toMatchObject({ badge: "needs you", pid, waiting: [] });

  // Whoever allows it without an answer has answered.
  await asked();
  await allowTokens(context, id, 100_000);
  expect(await ended(dispatcher, id, 4)).toMatchObject({ badge: "idle", pid, waiting: [] });
  expect(getSession(context, id).turn).toMatchObject({ stopReason: "end_turn" });
});
