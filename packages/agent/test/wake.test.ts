import { readFileSync, statSync } from "node:fs";
import { encodeEnvelope, newMessageId, publishMessage, sendMessage, timestamp, wakeAgent } from "@harness/core";
import { requireTool, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { steps, testSession, type TestSession } from "./agent-process.ts";

/** As a client does that cannot wake anybody. */
async function publish(session: TestSession, text: string): Promise<string> {
  const id = newMessageId();
  const bytes = encodeEnvelope({ v: 1, id, kind: "prompt", createdAt: timestamp(), body: { text } });
  await publishMessage(session.paths.inbox, { id, bytes });
  return id;
}

const WITHOUT_INOTIFY = [
  "unshare",
  "--user",
  "--map-root-user",
  "sh",
  "-c",
  'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"',
  "sh",
];

describe("waking", () => {
  it("comes from the inbox's own events", async () => {
    await using session = await testSession();
    await session.run();
    await session.reply(await publish(session, "warm up"));
    const took: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const sentAt = performance.now();
      await session.reply(await publish(session, "now"));
      took.push(performance.now() - sentAt);
    }
    // Scans alone would take a second on average.
    expect(took.toSorted((one, other) => one - other)[2]).toBeLessThan(700);
  });

  it("needs no events: scans find everything when every inotify instance is taken", async () => {
    if (!requireTool("unshare")) return;
    await using session = await testSession();
    await session.run({ before: WITHOUT_INOTIFY });
    expect((await session.reply(await publish(session, "found"))).kind).toBe("reply");
    expect(session.status().wake).toBe("scan");
    const warnings = (await session.events()).filter(({ type }) => type === "warning.raised");
    expect(warnings).toMatchObject([{ code: "watch-unavailable" }]);
  });

  it("comes by signal where events do not", async () => {
    if (!requireTool("unshare")) return;
    await using session = await testSession();
    await session.run({ before: WITHOUT_INOTIFY });
    await session.reply(await publish(session, "warm up"));
    const took: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      const sentAt = performance.now();
      const id = await publish(session, "now");
      expect(wakeAgent(session.paths)).toBe(true);
      await session.reply(id);
      took.push(performance.now() - sentAt);
    }
    expect(took.toSorted((one, other) => one - other)[2]).toBeLessThan(700);
  });

  it("gives proof of life at every scan, and writes nothing while idle", async () => {
    await using session = await testSession();
    await session.run();
    const [beat, written] = [statSync(session.paths.lock).mtimeMs, statSync(session.paths.status).mtimeMs];
    await until(() => statSync(session.paths.lock).mtimeMs > beat + 1_000);
    expect(statSync(session.paths.status).mtimeMs).toBe(written);
  });
});

describe("parking", () => {
  it("ends an idle process on purpose; the next one goes on", async () => {
    await using session = await testSession();
    const run = await session.run();
    await session.reply(await session.send("one"));
    await until(() => session.status().turn?.state === "ended");
    // The first request can come while the turn is still being settled.
    await until(async () => {
      run.child.kill("SIGHUP");
      return Promise.race([run.exit, new Promise<false>((resolve) => setTimeout(() => resolve(false), 200))]);
    });
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(session.status()).toMatchObject({ agent: "parked", state: "open", turns: 1 });
    await session.run();
    expect((await session.reply(await session.send("two"))).kind).toBe("reply");
  });

  it("is refused while a turn runs", async () => {
    await using session = await testSession();
    const run = await session.run();
    const message = await session.send(steps({ do: "wait", ms: 1_500 }));
    await until(() => session.status().turn?.state === "running");
    run.child.kill("SIGHUP");
    expect((await session.reply(message)).body).toMatchObject({ stopReason: "end_turn" });
    expect(run.child.exitCode).toBeNull();
  });
});

describe("signals", () => {
  it("do not open the inspector", async () => {
    await using session = await testSession();
    const run = await session.run();
    run.child.kill("SIGUSR1");
    await session.reply(await session.send("alive"));
    expect(run.stderr()).not.toContain("Debugger");
    expect(readFileSync(`/proc/${run.pid}/net/tcp`, "utf8")).not.toMatch(/0100007F:240D .* 0A /);
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("of one kind (%s) are one however often they come", async (signal) => {
    for (let round = 0; round < 5; round += 1) {
      await using session = await testSession();
      const run = await session.run();
      while (run.child.exitCode === null && run.child.signalCode === null) {
        run.child.kill(signal);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await run.exit).toEqual({ code: 0, signal: null });
    }
  });

  it("that close the session come as messages too", async () => {
    await using session = await testSession();
    const run = await session.run();
    await sendMessage(session.paths, { kind: "close", body: {} });
    expect(await run.exit).toEqual({ code: 0, signal: null });
  });
});
