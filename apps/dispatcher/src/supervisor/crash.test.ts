import { readdirSync } from "node:fs";
import { identifyProcess, sendMessage, signalProcess } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import type { SessionSummary, SpawnInput } from "../sessions/schema.ts";
import {
  agentOf,
  ask,
  agentPids,
  runDispatcher,
  spawnDispatcher,
  temporaryRoot,
  testConfig,
  type DispatcherProcess,
} from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

test(
  "a dispatcher killed with many sessions finds every one of them again, untouched",
  { timeout: 90_000 },
  async () => {
    await using place = temporaryRoot();
    const { root } = place;
    const started = performance.now();
    await using first = await spawnDispatcher({ home: root.path });
    const emptyMs = performance.now() - started;
    const ids: string[] = [];
    for (let batch = 0; batch < 5; batch++) {
      const made = await Promise.all(
        [1, 2, 3, 4].map((n) => create(first, { task: `task ${batch}.${n}`, command: ECHO })),
      );
      ids.push(...made.map(({ id }) => id));
    }
    await until(async () => (await list(first)).every(({ turns }) => turns === 1), { timeoutMs: 30_000 });
    const before = await list(first);
    const processes = ids.map((id) => agentOf(root, id));
    const mail = ids.map((id) => readdirSync(root.session(id).outbox.path).length);

    await first.kill();
    const begun = performance.now();
    await using second = await spawnDispatcher({ home: root.path });
    const after = await list(second);
    // What the start of a process costs on this machine now is no matter of adoption.
    expect(performance.now() - begun - emptyMs).toBeLessThan(5000);
    expect(ids.map((id) => agentOf(root, id))).toEqual(processes);
    expect(processes).not.toContain(null);
    expect(after).toEqual(before);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(ids.map((id) => readdirSync(root.session(id).outbox.path).length)).toEqual(mail);
    expect(ids.flatMap((id) => agentPids(root, id))).toHaveLength(ids.length);
  },
);

describe("a dispatcher that dies while it starts a session", () => {
  test.each(["L1", "L2", "L4", "L5"])(
    "at %s leaves one process or none, and the next one makes it exactly one",
    async (dieAt) => {
      await using place = temporaryRoot();
      const { root } = place;
      await using first = await spawnDispatcher({ home: root.path, dieAt });
      await expect(create(first, { task: "x", command: ECHO })).rejects.toThrow("fetch failed");
      await until(() => first.child.signalCode === "SIGKILL");
      const [id = ""] = readdirSync(root.sessions);

      await using second = await runDispatcher(root);
      await until(
        () => agentOf(root, id) !== null && second.context.wanted.get(id)?.process?.pid === agentOf(root, id)?.pid,
      );
      await until(() => second.context.supervisor.look(id).turns === 1);
      expect(agentPids(root, id)).toEqual([agentOf(root, id)?.pid]);
      expect(second.context.wanted.get(id)).toMatchObject({ wanted: "run", restarts: [] });
      // One reply, whoever of them gave it.
      expect(readdirSync(root.session(id).outbox.path).filter((name) => name.endsWith(".msg"))).toHaveLength(1);
    },
  );

  test("at L3, when the agent process dies with its lock taken, the start fails and nothing is left", async () => {
    await using place = temporaryRoot();
    const { agentCommand } = testConfig();
    const config = testConfig({ agentCommand: ["env", "HARNESS_FAIL=L3:kill", ...agentCommand] });
    await using first = await spawnDispatcher({ home: place.root.path, config });
    await expect(create(first, { task: "x", command: ECHO })).rejects.toThrow("SIGKILL");
    expect(readdirSync(place.root.sessions)).toEqual([]);
  });
});

test("the end of an adopted process is noticed, and what nobody saw is unknown", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using first = await spawnDispatcher({ home: root.path });
  const { id } = await create(first, { task: "x", command: ["sh", "-c", "sleep 600"] });
  await until(async () => (await list(first))[0]?.badge === "working");
  await first.kill();

  await using second = await runDispatcher(root, { timing: { restartMs: 60_000 } });
  expect(second.context.supervisor.look(id)).toMatchObject({ alive: true, badge: "working" });
  signalProcess(agentOf(root, id)!, "SIGKILL");
  await until(() => second.context.wanted.get(id)?.lastExit?.class === "unknown");
  expect(second.context.wanted.get(id)).toMatchObject({ wanted: "run", lastExit: { code: null, signal: null } });
  expect(second.context.supervisor.look(id).notes.join()).toContain("starts again at");
});

test("a process that died while no dispatcher ran is found dead, and its turn goes on", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using first = await spawnDispatcher({ home: root.path });
  const { id, pid } = await create(first, { task: "x", command: ["sh", "-c", "sleep 600"] });
  await until(async () => (await list(first))[0]?.badge === "working");
  await first.kill();
  signalProcess(identifyProcess(pid!)!, "SIGKILL");

  await using second = await runDispatcher(root);
  const again = await until(() => {
    const now = second.context.supervisor.look(id);
    return now.badge === "working" && now.turn?.attempt === 2 && now;
  });
  expect(again.pid).not.toBe(pid);
  expect(second.context.wanted.get(id)?.lastExit).toMatchObject({ class: "unknown" });
});

test("a message that came while no dispatcher ran wakes a parked session", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using first = await spawnDispatcher({ home: root.path });
  const { id } = await create(first, { task: "x", command: ECHO });
  await until(async () => (await list(first))[0]?.turns === 1);
  await ask(first, `/api/sessions/${id}/park`, {});
  await until(() => agentOf(root, id) === null);
  await first.kill();
  await sendMessage(root.session(id), { kind: "prompt", body: { text: "hello" } });
  expect(agentPids(root, id)).toEqual([]);

  await using second = await runDispatcher(root);
  await until(() => second.context.supervisor.look(id).turns === 2);
});

test("a stopped dispatcher judges nobody when it goes on", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const timing = { scanMs: 100, lostScans: 25, hungScans: 30 };
  await using dispatcher = await spawnDispatcher({ home: root.path, timing });
  const { id, pid } = await create(dispatcher, { task: "x", command: ECHO });
  await until(async () => (await list(dispatcher))[0]?.turns === 1);
  // Both stand still for longer than a process without proof of life is given, as when a machine sleeps.
  process.kill(pid!, "SIGSTOP");
  dispatcher.child.kill("SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 5000));
  dispatcher.child.kill("SIGCONT");
  process.kill(pid!, "SIGCONT");
  const seen = new Set<string>();
  for (let look = 0; look < 20; look++) {
    for (const { badge } of await list(dispatcher)) seen.add(badge);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect([...seen]).toEqual(["idle"]);
  expect(agentOf(root, id)?.pid).toBe(pid);
});

const create = (dispatcher: DispatcherProcess, input: SpawnInput) =>
  ask<SessionSummary>(dispatcher, "/api/sessions", input);
const list = (dispatcher: DispatcherProcess) => ask<SessionSummary[]>(dispatcher, "/api/sessions");
