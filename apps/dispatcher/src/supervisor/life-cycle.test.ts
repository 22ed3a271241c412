import { existsSync, readFileSync, readdirSync } from "node:fs";
import { listSessionIds, readSession, signalProcess } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { closeSession } from "../sessions/close.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { killSession } from "../sessions/kill.ts";
import { listSessions } from "../sessions/list.ts";
import { parkSession } from "../sessions/park.ts";
import { removeSession } from "../sessions/remove.ts";
import { resumeSession } from "../sessions/resume.ts";
import { sendToSession } from "../sessions/send.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentOf, agentPids, runDispatcher, temporaryRoot, testConfig } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];
const HANG = ["sh", "-c", "echo begun; sleep 600"];

test("a session is created, does its first turn and is seen to rest", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const session = await createSession(dispatcher.context, { task: "say something", command: ECHO, name: "first" });
  expect(session).toMatchObject({ task: "say something", name: "first", state: "open", alive: true });
  const rested = await until(() => {
    const now = getSession(dispatcher.context, "first");
    return now.turns === 1 && now;
  });
  expect(rested).toMatchObject({ badge: "idle", lastLine: "say something", waiting: [], damaged: [], notes: [] });
  expect(rested.wanted).toMatchObject({ wanted: "run", generation: 1, restarts: [] });
  expect(agentPids(place.root, session.id)).toEqual([rested.pid]);
});

test("the feed tells of changes and of reports", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const badges: string[] = [];
  const reports: string[] = [];
  dispatcher.context.feed.subscribe((event) => {
    if (event.type === "session.changed") badges.push(event.session.badge);
    if (event.type === "message.reported") reports.push(event.message.kind);
  });
  await createSession(dispatcher.context, { task: "wait a little", command: ["sh", "-c", "sleep 0.5"] });
  await until(() => badges.includes("working") && badges.at(-1) === "idle" && reports.includes("reply"));
});

test("a killed agent process is started again after its delay, and how it ended is recorded", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { id, pid } = await createSession(dispatcher.context, { task: "x", command: ECHO });
  signalProcess(agentOf(place.root, id)!, "SIGKILL");
  const again = await until(() => {
    const now = getSession(dispatcher.context, id);
    return now.alive && now.pid !== pid && now;
  });
  expect(again.wanted).toMatchObject({ wanted: "run", generation: 2 });
  expect(again.wanted?.restarts).toHaveLength(1);
  expect(again.lastExit).toMatchObject({ class: "signaled", signal: "SIGKILL", code: null });
});

test("a session that fails at every start is given up, and others do not notice", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const good = await createSession(context, { task: "x", command: ECHO });
  const { id } = await createSession(context, { task: "x", command: ECHO });
  for (let deaths = 0; deaths < 6; deaths++) {
    const identity = await until(() => agentOf(place.root, id));
    signalProcess(identity, "SIGKILL");
    await until(
      () => agentOf(place.root, id)?.pid !== identity.pid && context.wanted.get(id)?.restarts.length === deaths + 1,
    );
  }
  const given = await until(() => {
    const now = getSession(context, id);
    return now.badge === "failed" && now;
  });
  expect(given.wanted?.failed).toContain("6 times within a minute");
  expect(given.notes.join()).toContain("harness resume");
  expect(getSession(context, good.id)).toMatchObject({ alive: true, pid: good.pid });
  const resumed = await resumeSession(context, id);
  expect(resumed).toMatchObject({ alive: true });
  expect(context.wanted.get(id)).toMatchObject({ wanted: "run", restarts: [] });
});

test("stop is sticky: neither time nor a message nor a new dispatcher starts the session", async () => {
  await using place = temporaryRoot();
  let id: string;
  {
    await using dispatcher = await runDispatcher(place.root);
    ({ id } = await createSession(dispatcher.context, { task: "x", command: HANG }));
    const stopped = await stopSession(dispatcher.context, id);
    expect(stopped).toMatchObject({ alive: false, pid: null });
    expect(agentPids(place.root, id)).toEqual([]);
    expect(getSession(dispatcher.context, id).lastExit).toMatchObject({ class: "done", code: 0 });
    await sendToSession(dispatcher.context, id, { kind: "prompt", body: { text: "wake up" } });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(agentPids(place.root, id)).toEqual([]);
  }
  await using dispatcher = await runDispatcher(place.root);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(agentPids(place.root, id)).toEqual([]);
  await resumeSession(dispatcher.context, id);
  expect(agentPids(place.root, id)).toHaveLength(1);
});

test("kill ends the whole process tree at once", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const daemon = ["sh", "-c", "setsid sh -c 'sleep 613 & sleep 613' & sleep 613"];
  const { id } = await createSession(dispatcher.context, { task: "x", command: daemon });
  await until(() => sleepers("613").length >= 3);
  const begun = performance.now();
  const killed = await killSession(dispatcher.context, id);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(killed.alive).toBe(false);
  await until(() => sleepers("613").length === 0, { timeoutMs: 1000 });
  expect(getSession(dispatcher.context, id).lastExit).toMatchObject({ class: "killed-by-us", signal: "SIGKILL" });
});

test("a process that ignores SIGTERM because it is stopped still ends", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { id, pid } = await createSession(dispatcher.context, { task: "x", command: ECHO });
  process.kill(pid!, "SIGSTOP");
  expect(await stopSession(dispatcher.context, id)).toMatchObject({ alive: false });
});

test("a process without proof of life is lost, then ended and started again", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root, { timing: { lostScans: 30, hungScans: 60 } });
  const { id, pid } = await createSession(dispatcher.context, { task: "x", command: ECHO });
  process.kill(pid!, "SIGSTOP");
  await until(() => getSession(dispatcher.context, id).badge === "lost", { timeoutMs: 15_000 });
  const again = await until(
    () => {
      const now = getSession(dispatcher.context, id);
      return now.alive && now.pid !== pid && now;
    },
    { timeoutMs: 15_000 },
  );
  expect(again.lastExit?.cause).toContain("proof of life");
});

test("a parked session is woken by a message in its inbox", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  await until(() => getSession(context, id).turns === 1);
  await parkSession(context, id);
  await until(() => getSession(context, id).badge === "parked" && agentPids(place.root, id).length === 0);
  expect(context.wanted.get(id)).toMatchObject({ wanted: "parked" });
  await sendToSession(context, id, { kind: "prompt", body: { text: "good morning" } });
  await until(() => getSession(context, id).turns === 2);
  expect(getSession(context, id)).toMatchObject({ lastLine: "good morning" });
});

test("no more agent processes than allowed: the longest idle is parked, working ones are waited for", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root, { config: testConfig({ concurrent: 2 }) });
  const { context } = dispatcher;
  const idle = await createSession(context, { task: "x", command: ECHO });
  await until(() => getSession(context, idle.id).turns === 1);
  const busy = await createSession(context, { task: "x", command: HANG });
  await until(() => getSession(context, busy.id).badge === "working");

  const third = await createSession(context, { task: "x", command: HANG });
  await until(() => getSession(context, third.id).badge === "working");
  expect(getSession(context, idle.id)).toMatchObject({ alive: false, badge: "parked" });

  const fourth = await createSession(context, { task: "x", command: ECHO });
  expect(fourth).toMatchObject({ alive: false });
  expect(getSession(context, fourth.id).notes.join()).toContain("Waits for a free place");
  expect(listSessions(context).filter(({ alive }) => alive)).toHaveLength(2);
  await stopSession(context, busy.id);
  await until(() => getSession(context, fourth.id).turns === 1);
  expect(getSession(context, fourth.id).notes).toEqual([]);
});

test("a closed session stays closed", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  await closeSession(context, id, "enough");
  await until(() => getSession(context, id).badge === "done" && agentPids(place.root, id).length === 0);
  await until(() => context.wanted.get(id)?.wanted === "closed");
  await expect(sendToSession(context, id, { kind: "prompt", body: { text: "x" } })).rejects.toMatchObject({
    code: "session-closed",
  });
  await expect(resumeSession(context, id)).rejects.toMatchObject({ code: "session-closed" });
  expect(listSessions(context)).toEqual([]);
  expect(listSessions(context, { all: true })).toHaveLength(1);
});

test("a removed session leaves nothing but what it did", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ["sh", "-c", "echo made > result.txt"] });
  await until(() => getSession(context, id).turns === 1);
  const removal = await removeSession(context, id);
  expect(removal.salvaged).toHaveLength(1);
  expect(readFileSync(`${root.archive}/${id}.work/result.txt`, "utf8")).toBe("made\n");
  expect(listSessionIds(root)).toEqual([]);
  expect(existsSync(root.runOf(id).directory)).toBe(false);
  expect(readdirSync(root.trash)).toEqual([expect.stringMatching(new RegExp(`^${id}\\.\\d+$`))]);
  expect(() => getSession(context, id)).toThrow(expect.objectContaining({ code: "session-not-found" }));
});

test("a start that fails leaves no session behind and says why", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const agentCommand = ["sh", "-c", "echo the reason >&2; exit 3"];
  await using dispatcher = await runDispatcher(root, { config: testConfig({ agentCommand }) });
  const creation = createSession(dispatcher.context, { task: "x", command: ECHO });
  await expect(creation).rejects.toMatchObject({
    code: "spawn-failed",
    message: expect.stringContaining("the reason"),
  });
  expect(readdirSync(root.sessions)).toEqual([]);
  expect(readdirSync(root.run.sessions)).toEqual([]);
  expect(dispatcher.context.supervisor.health()).toMatchObject({ sessions: 0, alive: 0 });
});

test("a start that never becomes ready is given up", async () => {
  await using place = temporaryRoot();
  const config = testConfig({ agentCommand: ["sh", "-c", "sleep 600"] });
  await using dispatcher = await runDispatcher(place.root, { config, timing: { startTimeoutMs: 300 } });
  const creation = createSession(dispatcher.context, { task: "x", command: ECHO });
  await expect(creation).rejects.toMatchObject({ message: expect.stringContaining("not ready within 0.3 s") });
  expect(readdirSync(place.root.sessions)).toEqual([]);
});

test("down with all ends every process, and the next dispatcher goes on with what was not finished", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const dispatcher = await runDispatcher(root);
  const resting = await createSession(dispatcher.context, { task: "x", command: ECHO });
  await until(() => getSession(dispatcher.context, resting.id).turns === 1);
  const working = await createSession(dispatcher.context, { task: "x", command: HANG });
  await until(() => getSession(dispatcher.context, working.id).badge === "working");
  await dispatcher.close({ all: true });
  expect([...agentPids(root, resting.id), ...agentPids(root, working.id)]).toEqual([]);
  expect(readSession(root.session(working.id)).status?.agent).toBe("exited");

  await using next = await runDispatcher(root);
  await until(() => getSession(next.context, working.id).badge === "working");
  expect(getSession(next.context, resting.id)).toMatchObject({ alive: false, badge: "parked" });
});

function sleepers(seconds: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, "utf8") === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}
