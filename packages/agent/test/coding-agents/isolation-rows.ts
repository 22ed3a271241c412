import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { requireTool, until } from "@harness/core/testing";
import { expect, it } from "vitest";
import { treeOf } from "../agent-process.ts";
import { KEYS } from "./script.ts";
import { commandOf, type Actor, type CodingAgent, type Stage } from "./stage.ts";
import { writesElsewhere } from "./writes-elsewhere.ts";

/** Nothing of a session is anywhere else: no process after it, no file beside it. */
export function testIsolation(_: CodingAgent, stage: () => Stage): void {
  it("leaves nothing alive when its session is stopped, whatever its commands left behind", async () => {
    await using session = await stage().session();
    const run = await session.begin();
    expect(await session.say("Please linger.")).toMatchObject({ stopReason: "end_turn" });
    await until(() => lingering(session).length === 2);
    run.child.kill("SIGTERM");
    expect(await run.exit).toEqual({ code: 0, signal: null });
    expect(treeOf(session.id).map(commandOf)).toEqual([]);
    expect(session.status().tree === "sweep" ? [] : lingering(session)).toEqual([]);
  });

  it("keeps its key out of every file of its session", async () => {
    await using session = await stage().session();
    const run = await session.begin();
    expect(await session.say("Please work as one.")).toMatchObject({ stopReason: "end_turn" });
    expect(await session.say("Please fail 401.")).toMatchObject({ stopReason: "failed" });
    run.child.kill("SIGTERM");
    await run.exit;
    expect(filesWith(KEYS.first, session.paths.directory)).toEqual([]);
    // The look can see something.
    expect(filesWith("Mended as one.", session.paths.directory)).not.toEqual([]);
  });

  it("writes nothing outside its session's directory", async () => {
    if (!requireTool("overlay")) return;
    await using session = await stage().session();
    await using elsewhere = writesElsewhere(session.paths.directory);
    const run = await session.begin(elsewhere.before);
    expect(await session.say("Please work as one.")).toMatchObject({ stopReason: "end_turn" });
    expect(elsewhere.files(run.pid)).toEqual([]);
    // The look can see something: the agent process writes where it should not.
    execFileSync("nsenter", [
      `--target=${run.pid}`,
      "--mount",
      "--root",
      "--",
      "sh",
      "-c",
      "echo x > /var/tmp/trespass",
    ]);
    expect(elsewhere.files(run.pid)).toEqual(["/var/tmp/trespass"]);
  });
}

function filesWith(text: string, directory: string): string[] {
  const { stdout } = spawnSync("grep", ["--recursive", "--files-with-matches", "--text", "--", text, directory]);
  return stdout.toString("utf8").split("\n").slice(0, -1);
}

/** What the session's commands left running, found by where it works: one of them has no other mark. */
function lingering({ paths }: Actor): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^[0-9]+$/.test(name) || !/^sleep 471[12]$/.test(commandOf(Number(name)))) return [];
    try {
      return readlinkSync(`/proc/${name}/cwd`).startsWith(paths.directory) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
