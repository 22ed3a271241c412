import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSession as createDirectory, signalProcess, type StateRoot } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { listSessions } from "../sessions/list.ts";
import { resumeSession } from "../sessions/resume.ts";
import { revokeToken } from "../sessions/revoke-token.ts";
import { rotateToken } from "../sessions/rotate-token.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentOf, agentPids, runDispatcher, temporaryRoot, testConfig } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

/** What a twenty-line script does. */
function makeByHand(root: StateRoot, id: string): string {
  const directory = join(root.sessions, id);
  for (const name of ["", "inbox", "outbox", "log"]) mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, "token"), "a token of a script");
  writeFileSync(join(directory, "context.json"), JSON.stringify({ goal: "by hand", plan: [] }));
  return directory;
}

function startByHand(directory: string, id: string) {
  const [program = "", ...rest] = testConfig().agentCommand;
  const args = [...rest, "--session", id, "--", ...ECHO];
  return spawn(program, args, { cwd: directory, env: { HARNESS_STATE: directory }, stdio: "ignore" });
}

test("a session that was made and started by hand is adopted and shown, and a second process is never started", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const before = makeByHand(root, "byhand-1");
  startByHand(before, "byhand-1");
  await until(() => agentOf(root, "byhand-1"));

  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  expect(getSession(context, "byhand")).toMatchObject({ id: "byhand-1", alive: true, task: "by hand" });
  const after = makeByHand(root, "byhand-2");
  startByHand(after, "byhand-2");
  await until(() => getSession(context, "byhand-2").turns === 1);
  expect(listSessions(context).map(({ alive }) => alive)).toEqual([true, true]);
  expect(agentPids(root, "byhand-1")).toHaveLength(1);
  expect(agentPids(root, "byhand-2")).toHaveLength(1);
  expect(getSession(context, "byhand-1").wanted).toMatchObject({ wanted: "run", generation: 0 });

  // Ended by hand, it is not started again, until somebody asks.
  signalProcess(agentOf(root, "byhand-1")!, "SIGTERM");
  await until(
    () => getSession(context, "byhand-1").badge === "parked" && context.wanted.get("byhand-1")?.wanted === "parked",
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(agentPids(root, "byhand-1")).toEqual([]);
  await resumeSession(context, "byhand-1");
  expect(getSession(context, "byhand-1")).toMatchObject({ alive: true });
});

test("a directory that was only put there is shown, and started when its inbox has a message for a while", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  await createDirectory(root.session("dropped"), { v: 1, id: "dropped", agent: { driver: "command", command: ECHO } });
  await until(() => listSessions(context).length === 1 && context.wanted.get("dropped") !== null);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(getSession(context, "dropped")).toMatchObject({ alive: false, badge: "idle" });
  writeFileSync(join(root.session("dropped").inbox.path, "hello.msg"), "plain words");
  await until(() => getSession(context, "dropped").turns === 1, { timeoutMs: 20_000 });
  expect(getSession(context, "dropped")).toMatchObject({ lastLine: "plain words" });
});

test("a session that names no coding agent is started with the default one", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const agents = { echo: { driver: "command", command: ECHO } };
  const config = { ...testConfig({ agents }), defaults: { agent: "echo" } };
  await using dispatcher = await runDispatcher(root, { config });
  makeByHand(root, "choiceless");
  await resumeSession(dispatcher.context, "choiceless");
  await until(() => getSession(dispatcher.context, "choiceless").turns === 1);
});

test("a stopped session that a person starts by hand is running again", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  await until(() => getSession(context, id).turns === 1);
  await stopSession(context, id);
  const [program = "", ...rest] = testConfig().agentCommand;
  const { directory } = root.session(id);
  spawn(program, [...rest, "--session", id], { cwd: directory, env: { HARNESS_STATE: directory }, stdio: "ignore" });
  await until(() => context.wanted.get(id)?.wanted === "run" && getSession(context, id).alive);
});

test("a process that somebody else started first is taken over instead of a second one", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root, { timing: { scanMs: 60_000 } });
  const { context } = dispatcher;
  const directory = makeByHand(root, "raced");
  const agent = { driver: "command", command: ECHO };
  writeFileSync(join(directory, "session.json"), JSON.stringify({ v: 1, id: "raced", agent }));
  const child = startByHand(directory, "raced");
  const resumed = await resumeSession(context, "raced");
  expect(resumed.alive).toBe(true);
  await until(() => agentPids(root, "raced").length === 1);
  expect([child.pid, agentOf(root, "raced")?.pid]).toContain(getSession(context, "raced").pid);
  expect(context.wanted.get("raced")).toMatchObject({ wanted: "run", restarts: [] });
});

test("one damaged session hides none, and says what is wrong", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const good = await createSession(context, { task: "x", command: ECHO });
  mkdirSync(join(root.sessions, "nothing-in-it"));
  const broken = makeByHand(root, "broken");
  for (const name of ["session.json", "status.json", "context.json"]) writeFileSync(join(broken, name), '{"v":1,');
  const future = makeByHand(root, "future");
  writeFileSync(join(future, "session.json"), JSON.stringify({ v: 99, id: "future", agent: { driver: "x" } }));
  const linked = makeByHand(root, "linked");
  for (const name of ["inbox", "outbox", "log"]) {
    rmSync(join(linked, name), { recursive: true });
    symlinkSync("/etc", join(linked, name));
  }
  symlinkSync("/etc", join(root.sessions, "link"));
  writeFileSync(join(root.sessions, "file"), "");
  mkdirSync(join(root.sessions, "not an id"));

  await until(() => listSessions(context).length === 5);
  await until(() => getSession(context, good.id).turns === 1);
  expect(getSession(context, "broken")).toMatchObject({ alive: false, badge: "failed" });
  expect(getSession(context, "broken").damaged).toHaveLength(3);
  expect(getSession(context, "future").damaged.join()).toMatch(/newer|version/);
  expect(readFileSync(join(future, "session.json"), "utf8")).toContain('"v":99');
  expect(context.supervisor.health()).toMatchObject({ status: "ok", sessions: 5, alive: 1 });
});

test.each(["../../etc", "..", ".", "a/b", "%2e%2e", "C:\\x", "a\0b", "", "/etc/passwd", "x".repeat(65)])(
  "%j is no session, and no path",
  async (text) => {
    await using place = temporaryRoot();
    await using dispatcher = await runDispatcher(place.root);
    expect(() => getSession(dispatcher.context, text)).toThrow(expect.objectContaining({ code: "id-invalid" }));
  },
);

test("a new or withdrawn token of one session touches no other", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const [one, two] = await Promise.all([1, 2].map(() => createSession(context, { task: "x", command: ECHO })));
  const tokenOf = (id: string) => readFileSync(root.session(id).token, "utf8").trim();
  const ask = async (id: string, token: string) => {
    const response = await fetch(`${dispatcher.url}/api/sessions/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.status;
  };
  const [first, second] = [tokenOf(one!.id), tokenOf(two!.id)];
  expect(await ask(one!.id, first)).toBe(200);
  expect(await ask(two!.id, first)).toBe(403);

  const { token } = await rotateToken(context, one!.id);
  expect(Buffer.from(token.split(".")[1] ?? "", "base64url")).toHaveLength(32);
  expect([await ask(one!.id, first), await ask(one!.id, token), await ask(two!.id, second)]).toEqual([401, 200, 200]);
  await revokeToken(context, one!.id);
  expect([await ask(one!.id, token), await ask(two!.id, second)]).toEqual([401, 200]);
  expect(tokenOf(two!.id)).toBe(second);
  expect(getSession(context, one!.id)).toMatchObject({ alive: true, pid: one!.pid });
});
