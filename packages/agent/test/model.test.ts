import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendMessage } from "@harness/core";
import { until } from "@harness/core/testing";
import { startScriptedModel } from "@harness/scripted-model";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeWorktree, testSession, treeOf } from "./agent-process.ts";
import { askingSession, bodyOf, callsOf, closedAddress, promptOnce } from "./model-session.ts";
import { testModel } from "./relay-calls.ts";

describe("a turn whose coding agent ends well", () => {
  it("is a success when its model answered, with what it did to the worktree", async () => {
    const model = await testModel([{ text: "It is mended." }]);
    await using session = await askingSession(model.url, { client: ["--write", "mended"] });
    await makeWorktree(session.paths, { old: "old\n" });
    await session.run();
    const reply = await promptOnce(session);
    expect(reply).toMatchObject({
      stopReason: "end_turn",
      text: "It is mended.",
      worktree: { moved: false, changed: 1 },
    });
    expect(reply.worktree?.head).toMatch(/^[0-9a-f]{40}$/);
    expect(reply.failure).toBeUndefined();
    expect(await callsOf(session)).toMatchObject([{ outcome: "ok", status: 200 }]);
    const ended = await until(async () => (await session.events()).find(({ type }) => type === "turn.ended"));
    expect(ended).toMatchObject({ worktree: reply.worktree });
    expect(model.requests).toMatchObject([{ model: "scripted", status: 200 }]);
  });

  it.each([
    [400, "model-request-refused"],
    [401, "model-unauthorized"],
    [404, "model-request-refused"],
    [500, "model-failed"],
    [529, "model-overloaded"],
  ])("failed when its model answered %i last", async (status, code) => {
    const model = await testModel([{ error: status, message: "Not today." }]);
    await using session = await askingSession(model.url);
    await session.run();
    const { stopReason, failure } = await promptOnce(session);
    expect(stopReason).toBe("failed");
    expect(failure).toMatchObject({ code, text: `The model endpoint answered ${status}: Not today.` });
    await until(() => session.status().turn?.stopReason === "failed");
  });

  it("failed when its model failed in the middle of a stream", async () => {
    const model = await testModel([{ text: "Let me" }, { error: 529, message: "Too many." }]);
    await using session = await askingSession(model.url);
    await session.run();
    expect((await promptOnce(session)).failure).toMatchObject({ code: "model-overloaded" });
    expect(await callsOf(session)).toMatchObject([{ outcome: "refused", status: 200, inStreamError: 529 }]);
  });

  it("failed when its model broke off", async () => {
    const model = await testModel([{ text: "Let me" }, { disconnect: true }]);
    await using session = await askingSession(model.url);
    await session.run();
    expect(await promptOnce(session)).toMatchObject({ stopReason: "failed", failure: { code: "model-failed" } });
    expect(await callsOf(session)).toMatchObject([{ outcome: "broken" }]);
  });

  it("failed when its model could not be reached", async () => {
    await using session = await askingSession(await closedAddress());
    await session.run();
    const { failure } = await promptOnce(session);
    expect(failure).toMatchObject({ code: "model-unreachable", text: expect.stringContaining("ECONNREFUSED") });
  });

  it("is a success when a later call made good what failed", async () => {
    const model = await testModel([{ error: 529, times: 2 }, { text: "At last." }]);
    await using session = await askingSession(model.url, { client: ["--tries", "5"] });
    await session.run();
    const reply = await promptOnce(session);
    expect(reply).toMatchObject({ stopReason: "end_turn", text: "At last." });
    expect(reply.failure).toBeUndefined();
    expect(await callsOf(session)).toMatchObject([{ status: 529 }, { status: 529 }, { status: 200 }]);
  });
});

describe("a rate limit", () => {
  it("is in the reply and the status, and is over with the next good call", async () => {
    const model = await testModel([{ error: 429, retryAfterMs: 3_600_000, times: 1 }, { text: "Now." }]);
    await using session = await askingSession(model.url);
    await session.run();
    const { failure } = await promptOnce(session);
    expect(failure).toMatchObject({ code: "model-rate-limited" });
    const aheadMs = Date.parse(failure?.retryAt ?? "") - Date.now();
    expect(aheadMs).toBeGreaterThan(3_500_000);
    expect(aheadMs).toBeLessThanOrEqual(3_600_000);
    await until(() => Date.parse(session.status().rateLimitedUntil ?? "") - Date.now() > 3_500_000);
    expect(await promptOnce(session)).toMatchObject({ stopReason: "end_turn", text: "Now." });
    await until(() => session.status().rateLimitedUntil === undefined);
  });

  it("is over when its time is", async () => {
    const model = await testModel([{ error: 429, retryAfterMs: 300 }]);
    await using session = await askingSession(model.url);
    await session.run();
    await promptOnce(session);
    await until(() => session.status().rateLimitedUntil === undefined && session.status().turns === 1);
  });
});

describe("a deadline", () => {
  it("ends endless retries with the endpoint's words, and all that ran; the next prompt works", async () => {
    const scenarios = [
      { name: "stuck", when: "stuck", replies: [[{ error: 529, message: "Too many." }]] },
      { name: "else", replies: [[{ text: "Now." }]] },
    ];
    const model = await startScriptedModel({ script: { scenarios } });
    onTestFinished(() => model.close());
    const client = ["--tries", "1000", "--pause", "100"];
    await using session = await askingSession(model.url, { client, agent: { retryLimitMs: 400 } });
    await session.run();
    const { stopReason, failure } = bodyOf(await session.reply(await session.send("get stuck")));
    expect(stopReason).toBe("failed");
    expect(failure).toMatchObject({ code: "model-overloaded" });
    expect(failure?.text).toMatch(/^The model endpoint answered 529; [0-9]+ calls in a row failed: Too many\.$/);
    expect(treeOf(session.id)).toEqual([]);
    expect(await promptOnce(session)).toMatchObject({ stopReason: "end_turn", text: "Now." });
  });

  it("ends silence where it is asked for, saying what was heard last; the next prompt works", async () => {
    const model = await testModel([{ hang: true, times: 1 }, { text: "Now." }]);
    await using session = await askingSession(model.url, { agent: { silenceLimitMs: 500 } });
    await session.run();
    const { stopReason, failure } = await promptOnce(session);
    expect(stopReason).toBe("timeout");
    expect(failure).toMatchObject({ code: "agent-silent" });
    expect(failure?.text).toMatch(
      /^The coding agent has said nothing for 500 ms\. Last heard: nothing since the prompt\. The model endpoint has been answering a call for [0-9]+ (ms|s)\.$/,
    );
    expect(treeOf(session.id)).toEqual([]);
    expect(await promptOnce(session)).toMatchObject({ stopReason: "end_turn", text: "Now." });
  });

  it("ends a turn at its own limit, and says so", async () => {
    await using session = await testSession({
      agent: { driver: "command", command: ["sleep", "600"], turnLimitMs: 300 },
    });
    await session.run();
    expect(await promptOnce(session)).toMatchObject({ stopReason: "timeout", failure: { code: "turn-overdue" } });
    expect(treeOf(session.id)).toEqual([]);
  });
});

describe("a cancelled turn", () => {
  it("is cancelled, whatever its model said before", async () => {
    const model = await testModel([{ error: 529 }]);
    await using session = await askingSession(model.url, { client: ["--tries", "1000"] });
    await session.run();
    const message = await session.send("go");
    await until(() => model.requests.length > 2);
    await sendMessage(session.paths, { kind: "cancel", body: {} });
    const reply = bodyOf(await session.reply(message));
    expect(reply.stopReason).toBe("cancelled");
    expect(reply.failure).toBeUndefined();
  });
});

describe("a worktree", () => {
  it("that the coding agent filled with traps costs nothing but its facts", async () => {
    const line =
      "rm -rf .git/refs; ln -s /etc .git/refs; mkfifo fifo; ln -s / root; mkfifo .git/packed-refs; echo done";
    await using session = await testSession({ agent: { driver: "command", command: ["sh", "-c", line] } });
    await makeWorktree(session.paths, { a: "" });
    writeFileSync(join(session.paths.worktree, "before"), "");
    await session.run();
    const { worktree } = await promptOnce(session);
    expect(worktree).toEqual({ moved: true, changed: 2 });
  });
});
