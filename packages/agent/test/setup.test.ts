import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendMessage, type SetupTask } from "@harness/core";
import { requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { makeWorktree, steps, testSession, treeOf, type SessionOptions, type TestSession } from "./agent-process.ts";

interface Wish {
  setup?: string | string[];
  teardown?: string;
  timeoutMs?: number;
  env?: Record<string, string>;
  request?: string;
}

function ask({ paths }: TestSession, { setup, teardown, timeoutMs = 60_000, env, request = "first" }: Wish): void {
  const task = (line: string | string[] | undefined): SetupTask | undefined =>
    line === undefined ? undefined : { command: typeof line === "string" ? ["sh", "-c", line] : line, timeoutMs };
  writeFileSync(paths.setup, JSON.stringify({ v: 1, request, setup: task(setup), teardown: task(teardown), env }));
}

async function sessionWith(wish: Wish, options: SessionOptions = {}): Promise<TestSession> {
  const session = await testSession(options);
  await makeWorktree(session.paths, { a: "" });
  ask(session, wish);
  return session;
}

const inWorktree = ({ paths }: TestSession, name: string) => join(paths.worktree, name);
const readIn = (session: TestSession, name: string) => readFileSync(inWorktree(session, name), "utf8");
/** Tells that it began, and ends when the file `go` is there. */
const WAITS = "echo x >> began; until [ -e go ]; do sleep 0.02; done; echo done >> order";
const SAYS = steps({ do: "run", command: "echo turn >> order" });

describe("a setup", () => {
  it("is over before the first turn begins, in the worktree and with the environment of the coding agent", async () => {
    const setup = `${WAITS}; env > env; pwd > pwd`;
    await using session = await sessionWith({ setup, env: { PORT: "21000", PATH: "/nowhere", HOME: "/" } });
    const message = await session.send(SAYS);
    await session.run({ env: { SECRET: "person" } });
    await until(() => existsSync(inWorktree(session, "began")));
    await until(() => session.status().setup?.state === "running");
    expect(session.status()).toMatchObject({ turn: null, setup: { attempt: 1 } });
    writeFileSync(inWorktree(session, "go"), "");
    await session.reply(message);
    expect(readIn(session, "order")).toBe("done\nturn\n");
    expect(readIn(session, "pwd").trim()).toBe(session.paths.worktree);
    const environment = readIn(session, "env").split("\n");
    expect(environment).toEqual(expect.arrayContaining(["PORT=21000", `HOME=${session.paths.home}`]));
    expect(environment).toContain(`HARNESS_SESSION=${session.id}`);
    expect(environment).not.toContain("PATH=/nowhere");
    expect(environment.join()).not.toContain("SECRET");
    expect(session.status().setup).toMatchObject({ state: "succeeded", request: "first" });
  });

  it("that succeeded is done once, until another request asks for it", async () => {
    await using session = await sessionWith({ setup: "echo x >> ran" });
    for (const request of ["first", "first", "second", "second"]) {
      ask(session, { setup: "echo x >> ran", request });
      const run = await session.run();
      await session.reply(await session.send(SAYS));
      run.child.kill("SIGTERM");
      await run.exit;
    }
    expect(readIn(session, "ran")).toBe("x\nx\n");
  });

  it("that was interrupted is done again, whether its process was stopped or killed", async () => {
    await using session = await sessionWith({ setup: WAITS });
    for (const [round, signal] of (["SIGTERM", "SIGKILL"] as const).entries()) {
      const run = await session.run();
      await until(
        () => existsSync(inWorktree(session, "began")) && readIn(session, "began").length === 2 * (round + 1),
      );
      run.child.kill(signal);
      await run.exit;
      await until(() => treeOf(session.id).length === 0);
      expect(session.status().setup).toMatchObject({ state: "running", attempt: round + 1 });
    }
    writeFileSync(inWorktree(session, "go"), "");
    const message = await session.send(SAYS);
    await session.run();
    await session.reply(message);
    expect(readIn(session, "began")).toBe("x\nx\nx\n");
    expect(session.status().setup).toMatchObject({ state: "succeeded", attempt: 3 });
  });

  it("that fails ends the process, says why, and is tried again by the next one", async () => {
    await using session = await sessionWith({
      setup: "[ -e go ] || { seq 1 40; echo 'no \u001b[31mgo' >&2; exit 3; }",
    });
    const message = await session.send(SAYS);
    const run = session.start();
    expect((await run.exit).code).toBe(1);
    const { setup, agent, reason, turns } = session.status();
    expect({ agent, turns, reason }).toEqual({
      agent: "failed",
      turns: 0,
      reason: "The setup failed. It ended with exit code 3.",
    });
    expect(setup).toMatchObject({ state: "failed", reason: "It ended with exit code 3.", lines: expect.any(Array) });
    expect(setup?.lines).toHaveLength(10);
    expect(setup?.lines?.at(-1)).toBe("no go");
    expect(readFileSync(join(session.paths.directory, setup?.log ?? ""), "utf8")).toContain("1\n2\n3\n");
    expect(run.stderr()).toContain("The setup failed.");
    expect(await session.reports()).toEqual([]);
    writeFileSync(inWorktree(session, "go"), "");
    await session.run();
    await session.reply(message);
    expect(readIn(session, "order")).toBe("turn\n");
    expect((await session.events()).map(({ type }) => type)).toEqual(
      expect.arrayContaining(["setup.started", "setup.ended"]),
    );
  });

  it.each([
    [
      "takes too long",
      "trap '' TERM; (setsid sleep 60 &); while :; do sleep 1; done",
      300,
      "It took longer than 0.3 s.",
    ],
    ["cannot be found", "exec no-such-tool-here", 5000, "It ended with exit code 127."],
    ["kills itself", "kill -9 $$", 5000, "SIGKILL"],
  ])("that %s has failed, and leaves nothing running", async (_name, setup, timeoutMs, reason) => {
    await using session = await sessionWith({ setup, timeoutMs });
    expect((await session.start().exit).code).toBe(1);
    expect(session.status().setup).toMatchObject({ state: "failed", reason: expect.stringContaining(reason) });
    expect(treeOf(session.id)).toEqual([]);
  });

  it("leaves nothing running when it succeeded, and waits for nobody who holds its output open", async () => {
    await using session = await sessionWith({ setup: "setsid sleep 60 & echo ready" });
    const message = await session.send(steps({ do: "say", text: "hi" }));
    await session.run();
    await session.reply(message);
    expect(session.status().setup?.state).toBe("succeeded");
    expect(treeOf(session.id)).toEqual([]);
  });

  it("is cancelled by a cancel", async () => {
    await using session = await sessionWith({ setup: WAITS });
    const message = await session.send(SAYS);
    const run = await session.run();
    await until(() => existsSync(inWorktree(session, "began")));
    await sendMessage(session.paths, { kind: "cancel", body: {} });
    expect((await run.exit).code).toBe(1);
    expect(session.status().setup).toMatchObject({ state: "failed", reason: "It was cancelled." });
    expect(session.status().turns).toBe(0);
    expect(existsSync(join(session.paths.inbox.path, `${message}.msg`))).toBe(true);
  });

  it("that floods its output leaves a bounded log", async () => {
    await using session = await sessionWith({ setup: "head -c 20000000 /dev/zero | tr '\\0' x" });
    const message = await session.send(steps({ do: "say", text: "hi" }));
    await session.run();
    await session.reply(message, 20_000);
    expect(statSync(join(session.paths.log, "setup/setup-1.log")).size).toBeLessThan(5 * 1024 * 1024);
    expect(JSON.stringify(session.status()).length).toBeLessThan(10_000);
  });
});

describe.runIf(requireTool("bwrap"))("the network behind a sandbox", () => {
  const LOOK = "readlink /proc/self/ns/net >> networks";
  const ours = () => readlinkSync("/proc/self/ns/net");

  it("is the machine's for a setup, and no longer once the coding agent may have written what runs", async () => {
    await using session = await sessionWith({ setup: LOOK, teardown: LOOK }, { spec: { sandbox: "bubblewrap" } });
    const first = await session.run();
    await session.reply(await session.send(SAYS));
    first.child.kill("SIGTERM");
    await first.exit;
    ask(session, { setup: LOOK, teardown: LOOK, request: "second" });
    const second = await session.run();
    await until(() => session.status().setup?.request === "second" && session.status().setup?.state === "succeeded");
    await sendMessage(session.paths, { kind: "close", body: {} });
    await second.exit;
    const networks = readIn(session, "networks").trim().split("\n");
    expect(networks.map((network) => network === ours())).toEqual([true, false, false]);
  });

  it("is nobody's where none is wanted", async () => {
    await using session = await sessionWith({ setup: LOOK }, { spec: { sandbox: "bubblewrap", network: "none" } });
    await session.run();
    await until(() => session.status().setup?.state === "succeeded");
    expect(readIn(session, "networks").trim()).not.toBe(ours());
  });
});

describe("a teardown", () => {
  it("runs when the session is closed, once, and its failure closes it all the same", async () => {
    await using session = await sessionWith({ setup: "echo up > state", teardown: "echo down >> state; exit 1" });
    const run = await session.run();
    await until(() => session.status().setup?.state === "succeeded");
    await sendMessage(session.paths, { kind: "close", body: {} });
    expect((await run.exit).code).toBe(0);
    expect(readIn(session, "state")).toBe("up\ndown\n");
    const teardown = { state: "failed", reason: "It ended with exit code 1." };
    expect(session.status()).toMatchObject({ state: "closed", teardown });
  });

  it("is all that a process started with --teardown does, and it has a limit", async () => {
    await using session = await sessionWith({ teardown: "echo x >> down; sleep 60", timeoutMs: 300 });
    const message = await session.send(SAYS);
    expect((await session.start({ args: ["--teardown"] }).exit).code).toBe(1);
    expect(readIn(session, "down")).toBe("x\n");
    expect(session.status()).toMatchObject({
      turns: 0,
      teardown: { state: "failed", reason: "It took longer than 0.3 s." },
    });
    expect(existsSync(join(session.paths.inbox.path, `${message}.msg`))).toBe(true);
    expect(treeOf(session.id)).toEqual([]);
  });

  it("has nothing to do where the setup never began", async () => {
    await using session = await sessionWith({ setup: "echo x >> up", teardown: "echo x >> down" });
    expect((await session.start({ args: ["--teardown"] }).exit).code).toBe(0);
    expect(existsSync(inWorktree(session, "down"))).toBe(false);
  });
});

describe.runIf(requireTool("bwrap"))("a program of the person's own behind a sandbox", () => {
  async function withTool(setup: string | string[]) {
    const home = temporaryDirectory();
    mkdirSync(join(home.path, "bin"));
    writeFileSync(join(home.path, "bin/own-tool"), "#!/bin/sh\necho made > made\n", { mode: 0o755 });
    writeFileSync(join(home.path, "bin/secret"), "canary");
    const session = await sessionWith({ setup }, { spec: { sandbox: "bubblewrap" } });
    return { home, session, env: { HOME: home.path, PATH: `${join(home.path, "bin")}:${process.env["PATH"]}` } };
  }

  it("is found where the setup is a list that begins with it, and is all that is shown of its place", async () => {
    const { home, session, env } = await withTool(["own-tool"]);
    await using _home = home;
    await using _session = session;
    await session.run({ env });
    await session.reply(
      await session.send(steps({ do: "run", command: `cat made; cat ${home.path}/bin/secret; true` })),
    );
    expect(readIn(session, "made")).toBe("made\n");
    const looked = (await session.events()).find(({ type }) => type === "tool.returned");
    expect(looked?.["text"]).toMatch(/^made\ncat: .*No such file/);
  });

  it("is not found by a shell line, which then says how it would be", async () => {
    const { home, session, env } = await withTool("own-tool");
    await using _home = home;
    await using _session = session;
    expect((await session.start({ env }).exit).code).toBe(1);
    const { reason } = session.status().setup ?? {};
    expect(reason).toMatch(/^It ended with exit code 127\. A program was not found: .* a list that begins with it\.$/);
  });
});
