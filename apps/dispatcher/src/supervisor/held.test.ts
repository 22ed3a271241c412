import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { removeSession } from "../sessions/remove.ts";
import { resumeSession } from "../sessions/resume.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentPids, runDispatcher, temporaryRoot, testConfig } from "./testing/dispatchers.ts";

const GIT = ["-c", "user.name=Test", "-c", "user.email=test@localhost"];

test("a start that waits in line does not get into a session that is being removed", async () => {
  await using place = temporaryRoot();
  await using directory = temporaryDirectory();
  const { root } = place;
  const git = (...words: string[]) => execFileSync("git", words, { cwd: directory.path });
  git("init", "-q", "-b", "main");
  writeFileSync(join(directory.path, "a.txt"), "a\n");
  git("add", "-A");
  git(...GIT, "commit", "-q", "-m", "Start");

  // One place, and no scan that would give it away meanwhile.
  const options = { config: testConfig({ concurrent: 1 }), timing: { scanMs: 60_000 } };
  await using dispatcher = await runDispatcher(root, options);
  const { context } = dispatcher;
  const busy = await createSession(context, { task: "x", command: ["sh", "-c", "sleep 600"] });
  await until(() => getSession(context, busy.id).badge === "working");
  const work = { repository: directory.path, branch: "work" };
  const { id, alive } = await createSession(context, { task: "x", command: ["sh", "-c", "cat"], ...work });
  expect(alive).toBe(false);
  await stopSession(context, busy.id);
  // The last of them gives the free place to the session that waits, while the first has it end.
  const removal = removeSession(context, id);
  const resumed = resumeSession(context, id).catch(() => null);
  await Promise.all([removal, resumed, context.supervisor.apply(busy.id)]);
  expect(existsSync(root.session(id).directory)).toBe(false);
  expect(agentPids(root, id)).toEqual([]);
});
