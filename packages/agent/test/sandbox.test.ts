import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireTool, temporaryDirectory, until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { makeWorktree, testSession, treeOf } from "./agent-process.ts";
import { bodyOf, callsOf, promptOnce } from "./model-session.ts";
import { testModel } from "./relay-calls.ts";

const CLIENT = join(import.meta.dirname, "programs/model-client.mjs");
const run = (command: string) => JSON.stringify([{ do: "run", command, expect: 0 }]);

describe.runIf(requireTool("bwrap"))("a coding agent in its sandbox", () => {
  it("finds its worktree, its home and the objects it borrows, and nothing else of the state root", async () => {
    await using outside = temporaryDirectory();
    const objects = join(outside.path, "hub/objects");
    mkdirSync(objects, { recursive: true });
    writeFileSync(join(objects, "pack"), "borrowed");
    writeFileSync(join(outside.path, "secret"), "canary");
    await using session = await testSession({ spec: { sandbox: "bubblewrap", objects } });
    await makeWorktree(session.paths, { old: "old\n" });
    await session.run();
    const look = [
      `cat ${objects}/pack`,
      "echo own > made && cat made",
      `! cat ${session.paths.token} ${session.paths.context} ${session.paths.spec} ${outside.path}/secret`,
      `! touch ${objects}/new`,
      `ls ${session.paths.directory}`,
    ];
    const id = await session.send(run(look.join(" && ")));
    const { stopReason } = bodyOf(await session.reply(id));
    expect(stopReason).toBe("end_turn");
    const said = (await session.events()).find(({ type }) => type === "tool.returned") as { text?: string } | undefined;
    expect(said?.text?.split("\n").filter((line) => !line.startsWith("cat:") && !line.startsWith("touch:"))).toEqual([
      "borrowedown",
      "home",
      "worktree",
      "",
    ]);
    expect(session.status()).toMatchObject({ sandbox: "bubblewrap", network: "provider", tree: "namespace" });
  });

  it("is shown its program alone where that lies in the person's home, by whatever name that has", async () => {
    await using home = temporaryDirectory();
    const program = join(home.path, "own-agent");
    writeFileSync(join(home.path, "package.json"), "{}");
    writeFileSync(join(home.path, "secret"), "canary");
    writeFileSync(program, `#!/bin/sh\ncat > prompt; cat ${home.path}/secret; echo "$HOME"\n`, { mode: 0o755 });
    const agent = { driver: "command", command: [program] };
    await using session = await testSession({ agent, spec: { sandbox: "bubblewrap" } });
    await session.run({ env: { HOME: home.path } });
    const { text } = await promptOnce(session);
    expect(text).toContain(session.paths.home);
    expect(text).not.toContain("canary");
  });

  it("reaches its model and no other server of this machine", async () => {
    const model = await testModel([{ text: "Good morning." }]);
    const other = await testModel([{ text: "You must not hear this." }]);
    const agent = { driver: "command", command: [process.execPath, CLIENT] };
    const spec = {
      sandbox: "bubblewrap",
      endpoint: { wire: "anthropic" as const, baseUrl: model.url },
      model: "scripted",
    };
    await using session = await testSession({ agent, spec });
    await session.run();
    expect(await promptOnce(session)).toMatchObject({ stopReason: "end_turn", text: "Good morning." });
    expect(await callsOf(session)).toMatchObject([{ outcome: "ok", status: 200 }]);

    const knock = `require("node:net").connect(${new URL(other.url).port}, "127.0.0.1").on("error", (e) => console.log(e.code)).on("connect", () => console.log("through"))`;
    await using second = await testSession({ spec: { ...spec } });
    await second.run();
    await second.reply(await second.send(run(`"${process.execPath}" -e '${knock}'; true`)));
    const said = (await second.events()).find(({ type }) => type === "tool.returned") as { text?: string } | undefined;
    expect(said?.text).not.toContain("through");
    expect(other.requests).toEqual([]);
  });

  it("leaves no process when its agent process is killed", async () => {
    await using session = await testSession({ spec: { sandbox: "bubblewrap" } });
    const agent = await session.run();
    await session.send(JSON.stringify([{ do: "tree" }, { do: "hang" }]));
    await until(() => treeOf(session.id).length > 3);
    agent.child.kill("SIGKILL");
    await until(() => treeOf(session.id).length === 0, { timeoutMs: 1_000 });
  });

  it("leaves no process when its agent process is killed while the sandbox is being built", async () => {
    for (let round = 0; round < 4; round++) {
      await using session = await testSession({ spec: { sandbox: "bubblewrap" } });
      const agent = await session.run();
      await session.send(JSON.stringify([{ do: "tree" }, { do: "hang" }]));
      await until(() => treeOf(session.id).length > 0);
      agent.child.kill("SIGKILL");
      await until(() => treeOf(session.id).length === 0, { timeoutMs: 2_000 });
    }
  });

  it("may end by itself when it is asked to", async () => {
    await using session = await testSession({ spec: { sandbox: "bubblewrap" } });
    const { child, exit } = await session.run();
    await session.send(run("trap 'echo asked > asked; exit 0' TERM; echo ready > ready; sleep 100 & wait"));
    await until(() => existsSync(join(session.paths.work, "ready")));
    child.kill("SIGTERM");
    await exit;
    expect(existsSync(join(session.paths.work, "asked"))).toBe(true);
  });
});

it.each([
  ["moat", 'no sandbox "moat"'],
  ["seatbelt", "part of macOS"],
])("fails a turn whose sandbox %s does not work, and starts nothing without it", async (sandbox, why) => {
  if (sandbox === "seatbelt" && process.platform === "darwin") return;
  await using session = await testSession({ spec: { sandbox } });
  await session.run();
  const failed = await session.reply(await session.send(run("echo ran > ran")));
  expect(bodyOf(failed)).toMatchObject({ stopReason: "failed", text: expect.stringContaining(why) });
  expect(existsSync(join(session.paths.work, "ran"))).toBe(false);
});

it("grants no network in name only where nothing keeps it out", async () => {
  await using session = await testSession({ spec: { sandbox: "none", network: "none" } });
  await session.run();
  const failed = await session.reply(await session.send(run("echo ran > ran")));
  expect(bodyOf(failed)).toMatchObject({ stopReason: "failed", text: expect.stringContaining("off the network") });
  expect(existsSync(join(session.paths.work, "ran"))).toBe(false);
});

it("keeps to no list of hosts in name only either: its driver does not open", async () => {
  const spec = { sandbox: "none", network: "list", hosts: ["example.com"] };
  await using session = await testSession({ spec });
  await session.run();
  const failed = await session.reply(await session.send(run("echo ran > ran")));
  expect(bodyOf(failed)).toMatchObject({ code: "sandbox-unavailable" });
  expect(existsSync(join(session.paths.work, "ran"))).toBe(false);
});

it("says where there is no sandbox", async () => {
  await using session = await testSession();
  await session.run();
  await session.reply(await session.send(run("true")));
  await until(() => session.status().sandbox === "none");
  expect(session.status().network).toBe("host");
});
