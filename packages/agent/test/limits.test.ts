import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { sendMessage, type HeldLimits } from "@harness/core";
import { requireTool, until } from "@harness/core/testing";
import { boundsNamespaces } from "@harness/sandbox";
import { describe, expect, it } from "vitest";
import { testSession, treeOf, type TestSession } from "./agent-process.ts";
import { bodyOf } from "./model-session.ts";

const LIMITS = { processes: 200, memoryBytes: 512 * 1024 ** 2, fileBytes: 8 * 1024 ** 2 };
/** What a namespace takes beside the limit, and what stands around it. */
const BESIDE = 320;
const run = (command: string, code = 0) => JSON.stringify([{ do: "run", command, expect: code }]);

async function limited(sandbox: string): Promise<TestSession> {
  const session = await testSession({ spec: { sandbox, limits: LIMITS } });
  await session.run();
  return session;
}

async function output(session: TestSession, command: string, code = 0): Promise<string> {
  const reply = bodyOf(await session.reply(await session.send(run(command, code)), 30_000));
  const returned = (await session.events()).filter(({ type }) => type === "tool.returned").at(-1);
  expect([reply.stopReason, returned?.["text"]]).toEqual(["end_turn", returned?.["text"]]);
  return String(returned?.["text"]);
}

const heldOf = (session: TestSession) => session.status().limits as HeldLimits;

describe.runIf(requireTool("bwrap"))("a hostile tool shell in its sandbox", () => {
  it("forks no further than its limit, while another session answers, and leaves nothing", async () => {
    await using bomb = await limited("bubblewrap");
    await using other = await limited("bubblewrap");
    await output(other, "true");
    // Each process of it makes two and stays.
    const message = await bomb.send(run("b() { b & b & exec sleep 60; }; b"));
    await until(() => treeOf(bomb.id).length > 50, { timeoutMs: 20_000 });
    let most = 0;
    for (let round = 0; round < 3; round++) {
      const begun = performance.now();
      expect(await output(other, "echo alive")).toContain("alive");
      expect(performance.now() - begun).toBeLessThan(10_000);
      most = Math.max(most, treeOf(bomb.id).length);
    }
    const isBound = process.getuid?.() !== 0 || boundsNamespaces();
    expect(heldOf(bomb).processes).toBe(isBound ? LIMITS.processes : undefined);
    expect(most).toBeLessThan(isBound ? LIMITS.processes + BESIDE : Infinity);
    await sendMessage(bomb.paths, { kind: "cancel", body: {} });
    await bomb.reply(message, 20_000);
    await until(() => treeOf(bomb.id).length === 0, { timeoutMs: 5_000 });
  });

  it("gets no more memory than its limit, and Node runs within it", async () => {
    await using session = await limited("bubblewrap");
    await output(session, "true");
    const { memoryBytes = 0, memoryOf } = heldOf(session);
    // A control group ends who uses too much; without one nobody is given it, used or not.
    const [block, code, words] =
      memoryOf === "session"
        ? ["Buffer.alloc(2 ** 27, 1)", 137, ""]
        : ["Buffer.allocUnsafeSlow(2 ** 27)", 1, "ERR_MEMORY_ALLOCATION_FAILED"];
    const hog = `const held = []; for (;;) held.push(${block});`;
    expect(await output(session, `"${process.execPath}" -e '${hog}'`, code)).toContain(words);
    expect(
      await output(session, `"${process.execPath}" -p 'typeof new WebAssembly.Memory({initial:1,maximum:65536})'`),
    ).toContain("object");
    expect(memoryOf === "session" ? memoryBytes === LIMITS.memoryBytes : memoryBytes > LIMITS.memoryBytes).toBe(true);
  });

  it("writes no larger file than its limit, and no memory through /dev", async () => {
    await using session = await limited("bubblewrap");
    await output(session, "head -c 20000000 /dev/zero > big; test -s big");
    const big = join(session.paths.work, "big");
    expect(statSync(big).size).toBe(LIMITS.fileBytes);
    const said = await output(session, "touch /dev/x /dev/shm/y; df -k --output=size /dev/shm | tail -1; true");
    expect(said).toContain("touch: cannot touch '/dev/x': Read-only file system");
    expect(said).not.toContain("/dev/shm/y'");
    expect(Number(said.trim().split("\n").at(-1))).toBeLessThanOrEqual(1024 ** 2);
  });
});

it("is held to its limits without a sandbox, too", async () => {
  if (!requireTool("prlimit")) return;
  await using session = await limited("none");
  const said = await output(session, "head -c 20000000 /dev/zero > big; ulimit -d; ulimit -n; ulimit -c");
  const { memoryBytes = 0, memoryOf } = heldOf(session);
  // Where a control group counts what all together use, nobody is held to a size of its own.
  const size = memoryOf === "session" ? "unlimited" : String(memoryBytes / 1024);
  expect(existsSync(join(session.paths.work, "big"))).toBe(true);
  expect(statSync(join(session.paths.work, "big")).size).toBe(LIMITS.fileBytes);
  // What the shell says of the file may come in between.
  expect(said.match(/^(?:\d+|unlimited)$/gm)).toEqual([size, "16384", "0"]);
  expect(heldOf(session).fileBytes).toBe(LIMITS.fileBytes);
});

it("has no limits that nobody asked for", async () => {
  await using session = await testSession();
  await session.run();
  expect(await output(session, "ulimit -f")).toContain("unlimited");
  expect(session.status().limits).toBeUndefined();
});
