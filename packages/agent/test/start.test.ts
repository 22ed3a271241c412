import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { lookLock, sessionPaths } from "@harness/core";
import { requireTool, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { BUNDLE, emptySession, LAUNCHER, runToEnd, steps, testSession, treeOf } from "./agent-process.ts";

describe("starting", () => {
  it("says that it is ready once it holds the lock and its status is on the disk", async () => {
    await using session = await testSession();
    const run = session.start({ args: ["--nonce", "n1"] });
    expect(await run.ready).toEqual({ ready: true, pid: run.pid, nonce: "n1" });
    const status = session.status();
    expect(status).toMatchObject({ agent: "running", state: "open", turn: null, turns: 0, wake: "events" });
    expect(status.process).toMatchObject({ pid: run.pid, nonce: "n1" });
    expect(lookLock(session.paths.lock, status.process)).toBe("held");
  });

  it("gives way to the process that the session has, without touching anything", async () => {
    await using session = await testSession();
    await session.run();
    await session.reply(await session.send("hello"));
    await until(() => readdirSync(session.paths.inbox.done).length === 1);
    const before = [readFileSync(session.paths.status), readFileSync(session.paths.events)];
    const second = session.start();
    expect(await second.exit).toEqual({ code: 100, signal: null });
    expect([readFileSync(session.paths.status), readFileSync(session.paths.events)]).toEqual(before);
  });

  it("makes the parts of a session that are missing", async () => {
    await using session = await emptySession("bare");
    const run = await session.run({ args: ["--branch", "hotfix/login", "--agent", "scripted"] });
    expect(existsSync(join(session.paths.directory, "home"))).toBe(true);
    const spec = JSON.parse(readFileSync(session.paths.spec, "utf8"));
    expect(spec).toMatchObject({ v: 1, id: "bare", branch: "hotfix/login", agent: { driver: "scripted" } });
    const message = await session.send("hello");
    expect(await session.reply(message)).toMatchObject({ kind: "reply", body: { text: "hello" } });
    run.child.kill("SIGTERM");
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(session.status()).toMatchObject({ agent: "exited", reason: "stopped by SIGTERM" });
  });

  it("takes the goal of a session that has never run as its first prompt, once", async () => {
    await using session = await testSession({ goal: "tidy up" });
    const first = await session.run();
    const replies = () => session.reports();
    await until(async () => (await replies()).length === 1);
    first.child.kill("SIGTERM");
    await first.exit;
    await session.run();
    await session.reply(await session.send("after"));
    expect((await replies()).map(({ body }) => (body as { text: string }).text).toSorted()).toEqual([
      "after",
      "tidy up",
    ]);
  });

  it("says which coding agent to give when nothing names one", async () => {
    await using session = await emptySession();
    for (let start = 0; start < 2; start += 1) {
      const run = session.start();
      expect(await run.exit).toEqual({ code: 1, signal: null });
      expect(run.stderr()).toMatch(/which coding agent.*-- <command>.*--agent/s);
    }
    expect(session.status()).toMatchObject({ agent: "failed", reason: expect.stringContaining("-- <command>") });
    expect(await session.reports()).toMatchObject([{ kind: "failed", body: { code: "agent-not-chosen" } }]);
  });

  it("names the known drivers when a session asks for an unknown one", async () => {
    await using session = await emptySession();
    const run = session.start({ args: ["--agent", "claude"] });
    expect((await run.exit).code).toBe(1);
    expect(run.stderr()).toMatch(/claude.*acp, command, pi, scripted/s);
  });

  it.each([
    [["--session"], 2],
    [[], 2],
    [["--session", "../x"], 2],
    [["--session", "x", "--colour"], 2],
    [["--session", "x", "--"], 2],
    [["--help"], 0],
    [["--version"], 0],
  ])("ends %j with %i", async (args, code) => {
    const run = await runToEnd(process.execPath, [BUNDLE, ...args], { env: {} });
    expect(run.code).toBe(code);
    expect(run.stderr === "").toBe(code === 0);
  });

  it("takes none of its own descriptors for the one that says when it is ready", async () => {
    await using session = await testSession();
    const run = await session.run();
    const lockFd = session.status().process?.lockFd ?? 0;
    run.child.kill("SIGTERM");
    await run.exit;
    // Some of them are pipes, some are nothing that could be told anything, and the last is nobody's.
    const own = Array.from({ length: lockFd - 3 }, (_, index) => index + 4);
    const wrong = [...own, 999].map((descriptor) => session.start({ args: ["--ready-fd", String(descriptor)] }));
    for (const { exit, stderr } of wrong) {
      expect(await exit).toEqual({ code: 2, signal: null });
      expect(stderr()).toContain("--ready-fd");
    }
    expect(readFileSync(session.paths.lock, "utf8")).toBe("");
  });

  it("says so when there is no session directory", async () => {
    const run = await runToEnd(process.execPath, [BUNDLE, "--session", "x"], {
      env: { HARNESS_STATE: "/nonexistent/x" },
    });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining("/nonexistent/x") });
  });

  it("ends when its directory is moved away, and writes nothing there", async () => {
    await using session = await testSession();
    const run = await session.run();
    await session.send(steps({ do: "tree" }, { do: "hang" }));
    await until(() => treeOf(session.id).length >= 5 && session.status().turn?.state === "running");
    const moved = `${session.paths.directory}.old`;
    renameSync(session.paths.directory, moved);
    const before = contents(moved);
    expect((await run.exit).code).toBe(1);
    expect(treeOf(session.id)).toEqual([]);
    expect(contents(moved)).toEqual(before);
    expect(before[sessionPaths(moved).events]).toContain("turn.started");
    expect(existsSync(session.paths.directory)).toBe(false);
  });

  it("ends when its directory is replaced, and leaves the new one to the new process", async () => {
    await using session = await testSession();
    const old = await session.run();
    const { directory } = session.paths;
    renameSync(directory, `${directory}.old`);
    cpSync(`${directory}.old`, directory, { recursive: true });
    rmSync(session.paths.lock);
    const run = await session.run();
    expect((await old.exit).code).toBe(1);
    await session.reply(await session.send("still here"));
    expect(session.status()).toMatchObject({ agent: "running", process: { pid: run.pid } });
    expect((await session.reports()).filter(({ kind }) => kind === "failed")).toEqual([]);
    run.child.kill("SIGTERM");
    expect((await run.exit).code).toBe(0);
  });
});

/** Every plain file that the agent process itself writes. */
function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    paths.filter((path) => !path.includes("/home/")).map((path) => [path, readFileSync(path, "utf8")]),
  );
}

describe("damage", () => {
  it.each([
    ["empty", ""],
    ["cut off", '{"goal":"half'],
    ["zeros", "\0".repeat(64)],
    ["of the wrong shape", '{"goal": 7}'],
  ])("takes the generation before when context.json is %s", async (_, content) => {
    await using session = await testSession();
    writeFileSync(join(session.paths.directory, "context.prev.json"), '{"goal":"from before","own":1}');
    writeFileSync(session.paths.context, content);
    await session.run();
    expect(session.status().degraded).toHaveLength(1);
    expect(JSON.parse(readFileSync(session.paths.context, "utf8"))).toMatchObject({ goal: "from before", own: 1 });
    const kept = readdirSync(session.paths.directory).filter((name) => name.includes(".corrupt-"));
    expect(kept.map((name) => readFileSync(join(session.paths.directory, name), "utf8"))).toEqual([content]);
    expect((await session.events()).map(({ type }) => type)).toContain("session.degraded");
  });

  it("goes on with a fresh context when both generations are damaged", async () => {
    await using session = await testSession();
    writeFileSync(join(session.paths.directory, "context.prev.json"), "]");
    writeFileSync(session.paths.context, "[");
    await session.run();
    expect(session.status().degraded).toHaveLength(1);
    expect((await session.reply(await session.send("still here"))).kind).toBe("reply");
  });

  it.each([
    ["inbox", (path: string) => writeFileSync(path, "")],
    ["log", (path: string) => writeFileSync(path, "")],
    ["home", (path: string) => symlinkSync("/nonexistent", path)],
    ["log/events.jsonl", (path: string) => mkdirSync(path, { recursive: true })],
    [
      "log/events.jsonl",
      (path: string) => execFileSync("sh", ["-c", `mkdir -p "$(dirname "$0")" && mkfifo "$0"`, path]),
    ],
    [".lock", (path: string) => mkdirSync(path)],
    [".lock", (path: string) => symlinkSync("token", path)],
  ])("says what is wrong where something else is in the place of %s", async (name, put) => {
    await using session = await emptySession();
    put(join(session.paths.directory, name));
    const run = session.start({ args: ["--agent", "scripted"] });
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.stderr().trim().split("\n")).toHaveLength(1);
    expect(run.stderr()).toContain(`${join(session.paths.directory, name)} is not a `);
    expect(run.stderr()).toContain("Move it away");
  });

  it.each(["context", "status", "spec"] as const)("refuses a newer %s and leaves it as it is", async (file) => {
    await using session = await testSession();
    const path = session.paths[file];
    writeFileSync(path, '{"v":2,"id":"x","session":"x"}');
    const run = session.start();
    expect((await run.exit).code).toBe(1);
    expect(run.stderr()).toContain("version 2");
    expect(readFileSync(path, "utf8")).toBe('{"v":2,"id":"x","session":"x"}');
  });
});

describe("a foreign client", () => {
  it("needs the directory format alone: Python, an empty environment, a plain text file", async () => {
    if (!requireTool("python3")) return;
    await using session = await emptySession("py");
    const script = join(import.meta.dirname, "programs/foreign_client.py");
    const run = await runToEnd("python3", [script, session.paths.directory, LAUNCHER]);
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual({ goal: "GOAL: SAY HELLO\n", reply: "A PLAIN TEXT\n", exit: 0 });
  });
});
