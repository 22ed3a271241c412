import { sendMessage, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { testSession, treeOf } from "./agent-process.ts";
import { askingSession, bodyOf, lives, promptOnce, relaysOf } from "./model-session.ts";
import { startRelay } from "../src/model/start-relay.ts";
import { ask, testModel } from "./relay-calls.ts";

describe("the relay", () => {
  it("runs outside the coding agent's tree while a driver is open, and ends with an agent process that is killed", async () => {
    const model = await testModel([{ text: "hi" }]);
    await using session = await askingSession(model.url);
    const { child, pid } = await session.run();
    expect(relaysOf(pid)).toEqual([]);
    await promptOnce(session);
    const [relay = 0, ...others] = relaysOf(pid);
    expect(others).toEqual([]);
    expect(treeOf(session.id)).not.toContain(relay);
    expect(lives(relay)).toBe(true);
    child.kill("SIGKILL");
    await until(() => !lives(relay));
  });

  it("ends when the session is closed", async () => {
    const model = await testModel([{ text: "hi" }]);
    await using session = await askingSession(model.url);
    const { pid, exit } = await session.run();
    await promptOnce(session);
    const [relay = 0] = relaysOf(pid);
    await sendMessage(session.paths, { kind: "close", body: {} });
    expect(await exit).toMatchObject({ code: 0 });
    await until(() => !lives(relay));
  });

  it("is replaced when it was killed; a turn that it was killed in says so", async () => {
    const model = await testModel([{ hang: true, times: 1 }, { text: "Now." }]);
    await using session = await askingSession(model.url);
    const { pid } = await session.run();
    const message = await session.send("go");
    await until(() => model.requests.length === 1);
    for (const relay of relaysOf(pid)) process.kill(relay, "SIGKILL");
    expect(bodyOf(await session.reply(message)).failure).toMatchObject({ code: "model-unreachable" });
    expect(await promptOnce(session)).toMatchObject({ stopReason: "end_turn", text: "Now." });
    expect((await session.events()).map(({ code }) => code)).toContain("relay-lost");
  });

  it("is not there without an endpoint", async () => {
    await using session = await testSession({ agent: { driver: "command", command: ["env"] } });
    const { pid } = await session.run();
    expect((await promptOnce(session)).text).not.toContain("HARNESS_MODEL");
    expect(relaysOf(pid)).toEqual([]);
  });

  it("makes a prompt fail whose endpoint is no address, with what is wrong", async () => {
    await using session = await askingSession("ftp://somewhere/");
    await session.run();
    expect(await promptOnce(session)).toMatchObject({ code: "relay-failed", text: expect.stringContaining("ftp:") });
  });

  it("that does not start is lost, and says why", async () => {
    const lost: string[] = [];
    const relay = await startRelay(
      { path: "/nonexistent/relay.cjs", environment: {} },
      { upstream: "http://127.0.0.1:1", clock: systemClock, onCall() {}, onLost: (why) => lost.push(why) },
    );
    await until(() => relay.ended);
    expect(lost).toEqual([expect.stringContaining("/nonexistent/relay.cjs")]);
    await expect(ask(relay.baseUrl)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  });
});
