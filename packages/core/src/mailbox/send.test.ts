import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { plainNames } from "../../test/inbox-fixture.ts";
import { sessionPaths } from "../layout/session-directory.ts";
import type { AgentProcess } from "../schema/status.ts";
import { createSession } from "../sessions/create-session.ts";
import { requireTool, temporaryDirectory } from "../testing/index.ts";

const HOLDER = join(import.meta.dirname, "../../test/programs/hold-lock.mjs");
const CORE = join(import.meta.dirname, "../../dist/index.js");
const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;

const SEND = `
  import { sendMessage, sessionPaths } from ${JSON.stringify(CORE)};
  const paths = sessionPaths(process.argv[1]);
  console.log((await sendMessage(paths, { kind: "prompt", body: { text: "hello" } })).id);
`;

test.runIf(isRoot)(
  "a message is sent although its agent process is somebody else's, whom it may not wake",
  async () => {
    if (!requireTool("flock")) return;
    await using directory = temporaryDirectory();
    const paths = sessionPaths(join(directory.path, "one"));
    await createSession(paths, { v: 1, id: "one", agent: { driver: "scripted" } });
    const holder = spawn(process.execPath, [HOLDER, paths.lock], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void holder.kill("SIGKILL"));
    const [line] = (await once(holder.stdout, "data")) as [Buffer];
    const agent = JSON.parse(line.toString()) as AgentProcess;
    const at = new Date().toISOString();
    const status = { v: 1, session: "one", state: "open", agent: "running", process: agent, turn: null, turns: 0 };
    writeFileSync(paths.status, JSON.stringify({ ...status, waiting: [], startedAt: at, updatedAt: at }));
    // A session that several people share.
    for (const path of [directory.path, paths.directory, paths.inbox.path, paths.inbox.tmp]) chmodSync(path, 0o777);
    const program = ["--input-type=module", "--eval", SEND, paths.directory];
    const sent = spawnSync(process.execPath, program, {
      uid: NOBODY,
      gid: NOBODY,
      cwd: "/",
      encoding: "utf8",
      env: {},
    });
    expect(sent.stderr).toBe("");
    expect(plainNames(paths.inbox.path)).toEqual([`${sent.stdout.trim()}.msg`]);
  },
);
