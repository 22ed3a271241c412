import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MESSAGE_LIMIT, sendMessage, type Outbound, type SessionPaths } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { makeWorktree, steps, testSession, treeOf } from "./agent-process.ts";

const bodyOf = (message: Outbound) => message.body as { text: string; stopReason: string; code: string };
const TREE = steps({ do: "say", text: "hanging" }, { do: "tree" }, { do: "hang" });

function readsCancel({ inbox }: SessionPaths, name: string): boolean {
  try {
    return readFileSync(join(inbox.path, name), "utf8").includes('"cancel"');
  } catch {
    // A directory, or taken meanwhile.
    return false;
  }
}

describe("prompts", () => {
  it("are handled one at a time, in the order in which they were sent", async () => {
    await using session = await testSession();
    const line = (n: number) => steps({ do: "run", command: `echo ${n} >> order; sleep 0.1; echo ${n} >> order` });
    const messages = [];
    for (const n of [1, 2, 3]) messages.push(await session.send(line(n)));
    await session.run();
    await session.reply(messages[2] ?? "");
    expect(readFileSync(join(session.paths.work, "order"), "utf8")).toBe("1\n1\n2\n2\n3\n3\n");
    await until(() => readdirSync(session.paths.inbox.done).length === 3 && session.status().turns === 3);
    expect(session.status().turn).toMatchObject({ state: "ended", stopReason: "end_turn" });
  });

  it("work in the session's worktree, with an environment of their own", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["sh", "-c", "pwd; env"] } });
    await makeWorktree(session.paths, { a: "" });
    await session.run({ env: { SECRET: "person", HARNESS_STATE: session.paths.directory, LC_ALL: "C" } });
    const { text } = bodyOf(await session.reply(await session.send("go")));
    expect(text).toContain(session.paths.worktree);
    expect(text).toContain(`HOME=${session.paths.home}\n`);
    expect(text).toContain("LC_ALL=C\n");
    expect(text).not.toMatch(/SECRET|HARNESS_STATE/);
  });

  it("get a failed report that names a missing program", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["no-such-tool-here"] } });
    await session.run();
    const reply = await session.reply(await session.send("go"));
    expect(bodyOf(reply)).toMatchObject({ stopReason: "failed", text: expect.stringContaining("no-such-tool-here") });
  });

  it("get a failed report when the session's driver cannot be opened", async () => {
    await using session = await testSession({ agent: { script: [[{ do: "sing" }]] } });
    await session.run();
    const reply = await session.reply(await session.send("go"));
    expect(reply).toMatchObject({ kind: "failed", body: { code: "script-invalid" } });
  });

  it("end at their time limit", async () => {
    await using session = await testSession({ agent: { turnLimitMs: 300 } });
    await session.run();
    const reply = await session.reply(await session.send(steps({ do: "hang" })));
    expect(bodyOf(reply)).toMatchObject({ stopReason: "timeout" });
  });

  it("that flood their output leave a bounded reply and a bounded log", async () => {
    const flood = "head -c 20000000 /dev/zero";
    await using session = await testSession({ agent: { driver: "command", command: ["sh", "-c", flood] } });
    await session.run();
    const reply = await session.reply(await session.send("go"), 20_000);
    expect(bodyOf(reply).text.length).toBeGreaterThan(100_000);
    expect(JSON.stringify(reply).length).toBeLessThan(1024 * 1024);
    const events = await session.events();
    expect(JSON.stringify(events).length).toBeLessThan(8 * 1024 * 1024);
    expect(events.map(({ type }) => type)).toContain("output.dropped");
  });

  it("come from the inbox whatever their bytes are", async () => {
    await using session = await testSession();
    await session.run();
    writeFileSync(join(session.paths.inbox.path, "note.msg"), "plain text, no newline");
    expect(bodyOf(await session.reply("note")).text).toBe("plain text, no newline");
  });
});

describe("cancel", () => {
  it("ends the running turn and its whole process tree within a second", async () => {
    await using session = await testSession();
    await session.run();
    const took: number[] = [];
    for (const round of [1, 2, 3]) {
      const message = await session.send(TREE);
      await until(() => treeOf(session.id).length >= 5);
      const sentAt = performance.now();
      await sendMessage(session.paths, { kind: "cancel", body: {} });
      await until(() => treeOf(session.id).length === 0);
      took.push(performance.now() - sentAt);
      expect(bodyOf(await session.reply(message))).toMatchObject({ stopReason: "cancelled", text: "hanging\n" });
      await until(() => readdirSync(session.paths.inbox.claimed).length === 0);
      expect(readdirSync(session.paths.inbox.done)).toHaveLength(2 * round);
    }
    // The best of three: what else the machine does is not the session's time.
    expect(Math.min(...took)).toBeLessThan(1_000);
  });

  it("takes a waiting prompt out of the line", async () => {
    await using session = await testSession();
    const first = await session.send(steps({ do: "wait", file: "go" }));
    const second = await session.send("second");
    await session.run();
    await until(() => session.status().turn?.message === first);
    await sendMessage(session.paths, { kind: "cancel", body: { message: second } });
    expect(bodyOf(await session.reply(second))).toMatchObject({ stopReason: "cancelled" });
    writeFileSync(join(session.paths.work, "go"), "");
    expect(bodyOf(await session.reply(first))).toMatchObject({ stopReason: "end_turn" });
  });

  it("takes a prompt out of the line that is too far back to be read yet", async () => {
    await using session = await testSession();
    const first = await session.send(steps({ do: "wait", file: "go" }));
    for (let n = 0; n < 66; n += 1) await session.send("between");
    const last = await session.send("last");
    await session.run();
    await until(() => session.status().turn?.message === first);
    await sendMessage(session.paths, { kind: "cancel", body: { message: last } });
    await until(() => readdirSync(session.paths.inbox.path).every((name) => !readsCancel(session.paths, name)));
    writeFileSync(join(session.paths.work, "go"), "");
    expect(bodyOf(await session.reply(last, 30_000))).toMatchObject({ stopReason: "cancelled" });
    await until(() => readdirSync(session.paths.inbox.claimed).length === 0);
  }, 45_000);

  it("of a waiting prompt outlives the process that took it", async () => {
    await using session = await testSession();
    const waiting = await session.send("waiting");
    const cancel = { v: 1, id: "c", kind: "cancel", createdAt: new Date().toISOString(), body: { message: waiting } };
    mkdirSync(session.paths.inbox.claimed, { recursive: true });
    writeFileSync(join(session.paths.inbox.claimed, "c.a1.msg"), JSON.stringify(cancel));
    await session.run();
    expect(bodyOf(await session.reply(waiting))).toMatchObject({ stopReason: "cancelled" });
    await until(() => readdirSync(session.paths.inbox.done).includes("c.msg"));
    expect(readdirSync(session.paths.inbox.claimed)).toEqual([]);
  });

  it("without a turn does nothing but leave a warning", async () => {
    await using session = await testSession();
    await session.run();
    await sendMessage(session.paths, { kind: "cancel", body: { message: "nothing" } });
    await until(() => readdirSync(session.paths.inbox.done).length === 1);
    expect((await session.events()).at(-1)).toMatchObject({ type: "warning.raised", code: "message-without-effect" });
  });
});

describe("context", () => {
  it("that would be too large to be read again is refused, and what is known stays", async () => {
    await using session = await testSession({ goal: "the goal" });
    const run = await session.run();
    // Grows when it is written to be read by a person: each element on a line of its own, as far in as it is deep.
    let plan: unknown[] = Array.from({ length: 250_000 }, () => 1);
    for (let depth = 0; depth < 55; depth += 1) plan = [plan];
    const { id } = await sendMessage(session.paths, { kind: "context", body: { plan } });
    const { bad, done } = session.paths.inbox;
    const reason = join(bad, `${id}.msg.reason.txt`);
    await until(() => existsSync(reason) || existsSync(join(done, `${id}.msg`)));
    expect(readFileSync(reason, "utf8")).toMatch(/context\.json/);
    await sendMessage(session.paths, { kind: "context", body: { notes: "small" } });
    await until(() => readFileSync(session.paths.context, "utf8").includes("small"));
    run.child.kill("SIGTERM");
    await run.exit;
    await session.run();
    expect(session.status().degraded).toBeUndefined();
    expect(JSON.parse(readFileSync(session.paths.context, "utf8"))).toMatchObject({ goal: "the goal", notes: "small" });
  });

  it("is edited while a turn runs, and keeps what it does not know", async () => {
    await using session = await testSession();
    writeFileSync(session.paths.context, '{"goal":"old","plan":[],"mine":true}');
    await session.run();
    await until(() => session.status().turns === 1);
    await session.send(steps({ do: "hang" }));
    await until(() => session.status().turn?.state === "running");
    await sendMessage(session.paths, { kind: "context", body: { goal: "new", resume: "forged" } });
    await until(() => JSON.parse(readFileSync(session.paths.context, "utf8")).goal === "new");
    expect(JSON.parse(readFileSync(session.paths.context, "utf8"))).toEqual({
      v: 1,
      goal: "new",
      plan: [],
      mine: true,
    });
    await until(async () => (await session.events()).at(-1)?.type === "context.changed");
    expect((await session.events()).at(-1)).toMatchObject({ fields: ["goal"] });
  });
});

describe("close", () => {
  it("cancels the turn, refuses what waits, and ends the session for good", async () => {
    await using session = await testSession();
    const running = await session.send(TREE);
    const waiting = await session.send("too late");
    const run = await session.run();
    await until(() => treeOf(session.id).length >= 5);
    await sendMessage(session.paths, { kind: "close", body: { reason: "enough" } });
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(treeOf(session.id)).toEqual([]);
    expect(session.status()).toMatchObject({ state: "closed", agent: "exited", reason: "enough" });
    expect(bodyOf(await session.reply(running))).toMatchObject({ stopReason: "cancelled" });
    expect(await session.reply(waiting)).toMatchObject({ kind: "failed", body: { code: "session-closed" } });
    expect((await session.reports()).find(({ kind }) => kind === "exited")?.body).toMatchObject({ reason: "enough" });
    expect(readdirSync(session.paths.inbox.claimed)).toEqual([]);

    const again = session.start();
    expect(await again.exit).toEqual({ code: 1, signal: null });
    expect(again.stderr()).toContain("closed");
  });

  it("ends the session whatever is said to be the reason", async () => {
    await using session = await testSession();
    const run = await session.run();
    const empty = { v: 1, kind: "close", body: { reason: "" } };
    const close = { ...empty, body: { reason: "r".repeat(MESSAGE_LIMIT - JSON.stringify(empty).length) } };
    writeFileSync(join(session.paths.inbox.path, "c.msg"), JSON.stringify(close));
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(session.status()).toMatchObject({ state: "closed", reason: expect.stringMatching(/^r+/) });
  });
});
