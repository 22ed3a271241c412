import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { requireTool, smallDisk, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { steps, testSession } from "./agent-process.ts";

function fill(path: string): void {
  const descriptor = openSync(path, "w");
  for (const size of [65_536, 4_096, 1]) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch {
      // Full for pieces of this size.
    }
  }
  closeSync(descriptor);
}

/** Makes files until there is room for no more. */
function takeInodes(directory: string): string[] {
  const taken: string[] = [];
  for (let n = 0; n < 100; n += 1) {
    const path = join(directory, `inode-${n}`);
    try {
      writeFileSync(path, "");
      taken.push(path);
    } catch {
      break;
    }
  }
  return taken;
}

describe("a full disk", () => {
  it("stops nothing for good: the reply is there as soon as there is space", async () => {
    if (!requireTool("mount")) return;
    await using disk = await smallDisk({ bytes: 2 * 1024 * 1024 });
    await using session = await testSession({ root: disk.path });
    const run = await session.run({ env: { HARNESS_STATE: session.paths.directory } });
    const message = await session.send(steps({ do: "wait", file: "go" }, { do: "say", text: "done" }));
    const next = await session.send("next");
    await until(() => existsSync(session.paths.work) && session.status().turn?.state === "running");
    writeFileSync(join(session.paths.work, "ready"), "");
    fill(join(disk.path, "ballast"));
    renameSync(join(session.paths.work, "ready"), join(session.paths.work, "go"));
    await until(() => run.stderr().includes("The disk fails"));
    expect(run.child.exitCode).toBeNull();
    expect(await session.reports()).toEqual([]);
    expect(session.status().session).toBe(session.id);
    rmSync(join(disk.path, "ballast"));
    expect((await session.reply(message, 20_000)).body).toMatchObject({ text: "done\n", stopReason: "end_turn" });
    expect((await session.reply(next)).body).toMatchObject({ text: "next" });
    const { code } = await endOf(run);
    expect(code).toBe(0);
  });

  it("of inodes is no different", async () => {
    if (!requireTool("mount")) return;
    await using disk = await smallDisk({ bytes: 4 * 1024 * 1024, inodes: 80 });
    await using session = await testSession({ root: disk.path });
    const run = await session.run({ env: { HARNESS_STATE: session.paths.directory } });
    const message = await session.send(steps({ do: "wait", file: "go" }, { do: "say", text: "done" }));
    await until(() => existsSync(session.paths.work) && session.status().turn?.state === "running");
    writeFileSync(join(session.paths.work, "ready"), "");
    const taken = takeInodes(disk.path);
    renameSync(join(session.paths.work, "ready"), join(session.paths.work, "go"));
    await until(() => run.stderr().includes("The disk fails"));
    for (const path of taken) rmSync(path);
    expect((await session.reply(message, 20_000)).body).toMatchObject({ text: "done\n" });
  });

  it("keeps a first turn from beginning, and does not fail it", async () => {
    if (!requireTool("mount")) return;
    await using disk = await smallDisk({ bytes: 4 * 1024 * 1024, inodes: 80 });
    await using session = await testSession({ root: disk.path });
    const run = await session.run({ env: { HARNESS_STATE: session.paths.directory } });
    const aside = join(session.paths.directory, "aside");
    const message = { v: 1, id: "m", kind: "prompt", createdAt: new Date().toISOString(), body: { text: "hello" } };
    writeFileSync(aside, JSON.stringify(message));
    const taken = takeInodes(disk.path);
    // Its home is made when the first turn begins.
    renameSync(aside, join(session.paths.inbox.path, "m.msg"));
    await until(() => run.stderr().includes("The disk fails"));
    for (const path of taken) rmSync(path);
    expect(await session.reply("m", 20_000)).toMatchObject({ kind: "reply", body: { text: "hello" } });
  });

  it("keeps a close from ending a process, but not a stop", async () => {
    if (!requireTool("mount")) return;
    await using disk = await smallDisk({ bytes: 2 * 1024 * 1024 });
    await using session = await testSession({ root: disk.path });
    const run = await session.run({ env: { HARNESS_STATE: session.paths.directory } });
    const close = { v: 1, id: "c", kind: "close", createdAt: new Date().toISOString(), body: {} };
    writeFileSync(join(session.paths.directory, "close"), JSON.stringify(close));
    fill(join(disk.path, "ballast"));
    renameSync(join(session.paths.directory, "close"), join(session.paths.inbox.path, "c.msg"));
    await until(() => run.stderr().includes("The disk fails"));
    expect(await endOf(run)).toEqual({ code: 0, signal: null });
    rmSync(join(disk.path, "ballast"));
    const next = session.start({ env: { HARNESS_STATE: session.paths.directory } });
    expect((await next.exit).code).toBe(0);
    expect(session.status()).toMatchObject({ state: "closed" });
  }, 20_000);

  it("that is read-only is named as the reason why a session does not start", async () => {
    if (!requireTool("mount") || process.getuid?.() !== 0) return;
    await using disk = await smallDisk({ bytes: 2 * 1024 * 1024 });
    await using session = await testSession({ root: disk.path });
    const [, , holder = "", , ...rest] = disk.path.split("/");
    const place = `/${rest.join("/")}`;
    spawnSync("nsenter", ["--target", holder, "--mount", "mount", "-o", "remount,ro", place]);
    const run = session.start({ env: { HARNESS_STATE: session.paths.directory } });
    expect(await run.exit).toEqual({ code: 1, signal: null });
    expect(run.stderr()).toContain("read-only");
  });
});

describe("a disk that turned read-only", () => {
  it("ends nothing although no proof of life can be given", async () => {
    if (!requireTool("strace")) return;
    await using session = await testSession();
    const inject = ["-e", "trace=utimensat", "-e", "inject=utimensat:error=EROFS:when=2+", "-o", "/dev/null"];
    const run = await session.run({ before: ["strace", "-f", ...inject] });
    await until(() => run.stderr().includes("cannot say that it is alive"));
    const message = await session.send("still here");
    expect((await session.reply(message)).body).toMatchObject({ text: "still here" });
    // Two more looks: it is said once.
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(run.stderr().split("cannot say that it is alive")).toHaveLength(2);
    process.kill(session.status().process?.pid ?? 0, "SIGTERM");
    expect((await run.exit).code).toBe(0);
  }, 20_000);
});

async function endOf(run: {
  child: { kill(signal: NodeJS.Signals): boolean };
  exit: Promise<{ code: number | null }>;
}) {
  run.child.kill("SIGTERM");
  return run.exit;
}
