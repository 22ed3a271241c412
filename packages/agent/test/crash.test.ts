import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openOutbox, publishMessage, encodeEnvelope, newMessageId, timestamp } from "@harness/core";
import { requireTool, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { makeWorktree, steps, testSession, treeOf, type TestSession } from "./agent-process.ts";

const settled = (session: TestSession) =>
  until(
    () =>
      readdirSync(session.paths.inbox.claimed).length === 0 &&
      readdirSync(session.paths.inbox.path).every((name) => name.startsWith(".")),
  );

const byText = (one: string, other: string) => one.localeCompare(other);

async function kill(session: TestSession, fail: string): Promise<void> {
  const run = session.start({ env: { HARNESS_FAIL: fail } });
  expect(await run.exit).toMatchObject({ signal: "SIGKILL" });
}

describe("an agent process killed", () => {
  it.each([
    ["before it opens the session", "L3:kill", false],
    ["after its first look", "C1:kill", false],
    ["after taking a message", "C2:kill", true],
    ["before the work begins", "C3:kill", true],
    ["after the work", "C4:kill", true],
    ["after the report", "C5:kill", false],
    ["after settling", "C6:kill", false],
  ])("%s loses nothing and reports once", async (_, fail, resumed) => {
    await using session = await testSession({ agent: { driver: "command", command: ["cat"] } });
    const message = await session.send("hello");
    await kill(session, fail);
    await session.run();
    const reply = await session.reply(message);
    const { text } = reply.body as { text: string };
    expect(text).toContain("hello\n");
    expect(text.includes("may have partly run")).toBe(resumed);
    await settled(session);
    expect(await session.reports()).toHaveLength(1);
    await until(() => session.status().turns === 1 && session.status().turn?.state === "ended");
  });

  it("before the work began is as if it had not taken the message", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["cat"] } });
    const message = await session.send("hello");
    mkdirSync(session.paths.inbox.claimed);
    const name = `${message}.msg`;
    renameSync(join(session.paths.inbox.path, name), join(session.paths.inbox.claimed, `${message}.a1.msg`));
    await session.run();
    expect(await session.reply(message)).toMatchObject({ body: { text: "hello\n" } });
    await settled(session);
    expect(readdirSync(session.paths.inbox.done)).toEqual([name]);
  });

  it("goes on with the turn that it left, with the same id and a higher attempt", async () => {
    await using session = await testSession();
    const message = await session.send(
      steps({ do: "run", command: "echo once >> done" }, { do: "crash" }, { do: "run", command: "echo after >> done" }),
    );
    const first = await session.run();
    expect(await first.exit).toMatchObject({ signal: "SIGKILL" });
    await session.run();
    expect((await session.reply(message)).body).toMatchObject({ stopReason: "end_turn" });
    expect(readFileSync(join(session.paths.work, "done"), "utf8")).toBe("once\nafter\n");
    expect(session.status().turn).toMatchObject({ id: message, message, attempt: 2 });
    expect((await session.events()).filter(({ type }) => type === "turn.started")).toMatchObject([
      { turn: message, attempt: 1, resumed: false },
      { turn: message, attempt: 2, resumed: true },
    ]);
  });

  it("gives a message up that kills it three times, and goes on with the next", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["cat"] } });
    const poison = await session.send("poison");
    const next = await session.send("next");
    for (let attempt = 1; attempt <= 3; attempt += 1) await kill(session, "C4:kill");
    await session.run();
    expect(await session.reply(poison)).toMatchObject({ kind: "failed", body: { code: "attempts-exhausted" } });
    expect(await session.reply(next)).toMatchObject({ kind: "reply", body: { text: "next\n" } });
    await settled(session);
    expect(readdirSync(session.paths.inbox.bad).toSorted()).toEqual([`${poison}.msg`, `${poison}.msg.reason.txt`]);
  });

  it("gives a message up that kills it also after it was stopped on purpose in the middle of it", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["sleep", "60"] } });
    const poison = await session.send("poison");
    const first = await session.run();
    await until(() => session.status().turn?.state === "running");
    first.child.kill("SIGTERM");
    await first.exit;
    expect(session.status().turn).toMatchObject({ stopReason: "interrupted" });
    for (let attempt = 1; attempt <= 3; attempt += 1) await kill(session, "C3:kill");
    await session.run();
    expect(await session.reply(poison)).toMatchObject({ kind: "failed", body: { code: "attempts-exhausted" } });
  });

  it("takes its whole process tree with it", async () => {
    if (!requireTool("mount")) return;
    await using session = await testSession();
    const run = await session.run();
    await session.send(steps({ do: "tree" }, { do: "hang" }));
    await until(() => treeOf(session.id).length >= 5);
    await until(() => session.status().tree === "namespace");
    run.child.kill("SIGKILL");
    expect(await until(() => treeOf(session.id).length === 0, { timeoutMs: 2_000 })).toBe(true);
  });

  it("without a namespace is swept up after by the next one", async () => {
    await using session = await testSession();
    // Without unshare on its PATH the probe finds no namespace.
    const tools = ["sh", "sleep", "setsid", "flock"].map((tool) => `ln -s "$(command -v ${tool})" tools/${tool}`);
    const bin = join(session.paths.directory, "tools");
    await session.run({ env: { PATH: process.env["PATH"] } }).then(async (run) => {
      await session.reply(
        await session.send(steps({ do: "run", command: `cd ../..; mkdir -p tools; ${tools.join("; ")}` })),
      );
      run.child.kill("SIGTERM");
      await run.exit;
    });
    const run = await session.run({ env: { PATH: bin } });
    await session.send(steps({ do: "tree" }, { do: "hang" }));
    await until(() => treeOf(session.id).length >= 5);
    await until(() => session.status().tree === "sweep");
    run.child.kill("SIGKILL");
    await run.exit;
    const left = treeOf(session.id);
    expect(left.length).toBeGreaterThan(0);
    // Also when nothing says any more that there was one.
    for (const path of [session.paths.status, session.paths.statusPrevious]) rmSync(path, { force: true });
    await session.run({ env: { HARNESS_FAIL: "C2:sleep:60000", PATH: bin } });
    expect(treeOf(session.id).filter((pid) => left.includes(pid))).toEqual([]);
  });
});

describe("an agent process with a bug", () => {
  it("says so, ends with 70, and leaves the turn to the next one", async () => {
    await using session = await testSession();
    const message = await session.send("hello");
    const run = session.start({ env: { HARNESS_FAIL: "C4:throw" } });
    expect(await run.exit).toEqual({ code: 70, signal: null });
    expect(run.stderr()).toContain("failpoint C4");
    expect(session.status()).toMatchObject({ agent: "failed", reason: expect.stringContaining("failpoint C4") });
    await session.run();
    expect((await session.reply(message)).body).toMatchObject({ text: "hello" });
  });
});

describe("what a killed git left", () => {
  it("is removed when the session starts again, and nothing else is", async () => {
    await using session = await testSession();
    await makeWorktree(session.paths, { a: "" });
    const first = await session.run();
    first.child.kill("SIGKILL");
    await first.exit;
    const git = join(session.paths.worktree, ".git");
    for (const name of ["index.lock", "HEAD.lock", "other.lock"]) writeFileSync(join(git, name), "");
    await session.run();
    const edit = { do: "edit", path: "a", write: "x" };
    const reply = await session.reply(await session.send(steps(edit, { do: "commit", message: "Go on" })));
    expect(reply.body).toMatchObject({ stopReason: "end_turn" });
    expect(readdirSync(git).filter((name) => name.endsWith(".lock"))).toEqual(["other.lock"]);
  });
});

describe("an agent process killed at random", () => {
  it("handles every message once", async () => {
    await using session = await testSession();
    const total = 60;
    const sent: string[] = [];
    const send = async () => {
      for (let n = 0; n < total; n += 1) {
        const id = newMessageId();
        const work = n % 6 === 0 ? [{ do: "run", command: "true" }] : [];
        const text = steps(...work, { do: "say", text: `reply ${n}` });
        const bytes = encodeEnvelope({ v: 1, id, kind: "prompt", createdAt: timestamp(), body: { text } });
        await publishMessage(session.paths.inbox, { id, bytes });
        sent.push(id);
      }
    };
    const sending = send();
    for (let round = 0; round < 12; round += 1) {
      const run = await session.run();
      // A different moment each time, spread over what one turn takes.
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 200));
      run.child.kill("SIGKILL");
      await run.exit;
    }
    await sending;
    await session.run();
    await until(
      () =>
        openOutbox(session.paths.outbox)
          .list()
          .then((ids) => ids.length === total),
      { timeoutMs: 90_000 },
    );
    await settled(session);
    const answered = (await session.reports()).map(({ replyTo }) => replyTo ?? "");
    expect(answered.toSorted(byText)).toEqual(sent.toSorted(byText));
    // A message that was there at three kills is given up; its reason can be there without it.
    const { done, bad } = session.paths.inbox;
    const ended = [...readdirSync(done), ...readdirSync(bad).filter((name) => name.endsWith(".msg"))];
    expect(ended.toSorted(byText)).toEqual(sent.map((id) => `${id}.msg`).toSorted(byText));
  }, 120_000);
});

describe("an agent process asked to stop", () => {
  it("leaves the running turn to be gone on with, however often", async () => {
    await using session = await testSession();
    const message = await session.send(steps({ do: "tree" }, { do: "wait", file: "go" }, { do: "say", text: "done" }));
    for (let round = 0; round < 4; round += 1) {
      const run = await session.run();
      await until(() => treeOf(session.id).length > 0 || session.status().turn?.state === "running");
      run.child.kill("SIGTERM");
      expect(await run.exit).toEqual({ code: 0, signal: null });
      expect(treeOf(session.id)).toEqual([]);
      expect(session.status()).toMatchObject({ agent: "exited", turn: { stopReason: "interrupted" }, turns: 0 });
    }
    await session.run();
    await until(() => session.status().turn?.state === "running");
    await session.send(steps({ do: "say", text: "next" }));
    writeFileSync(join(session.paths.work, "go"), "");
    expect((await session.reply(message)).body).toMatchObject({ text: "done\n", stopReason: "end_turn" });
  });
});
