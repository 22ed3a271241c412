import { readdirSync } from "node:fs";
import type { StateRoot } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { parkSession } from "../sessions/park.ts";
import { resumeSession } from "../sessions/resume.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentPids, runDispatcher, temporaryRoot, testConfig } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

/** A dispatcher whose agent processes take `seconds` to become ready. */
function slowly(seconds: number) {
  const config = testConfig();
  return { ...config, agentCommand: ["sh", "-c", `sleep ${seconds}; exec "$@"`, "sh", ...config.agentCommand] };
}

async function firstStarted(root: StateRoot): Promise<string> {
  const id = await until(() => readdirSync(root.sessions)[0]);
  await until(() => agentPids(root, id).length > 0);
  return id;
}

test("a session that is stopped while it starts is there, stopped, and no failure of its own", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root, { config: slowly(1) });
  const { context } = dispatcher;
  const spawned = createSession(context, { task: "say something", command: ECHO });
  const id = await firstStarted(root);
  expect(await stopSession(context, id)).toMatchObject({ id, alive: false });
  expect(await spawned).toMatchObject({ id, alive: false });
  expect(agentPids(root, id)).toEqual([]);
  expect(getSession(context, id).wanted).toMatchObject({ wanted: "stopped", restarts: [] });
  expect(getSession(context, id).lastExit).toMatchObject({ class: "killed-by-us" });
  await resumeSession(context, id);
  await until(() => getSession(context, id).lastLine === "say something");
});

test("down with all leaves no agent process behind that was still starting, or in line for it", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const dispatcher = await runDispatcher(root, { config: slowly(60) });
  const spawned = Promise.all([1, 2, 3].map(() => createSession(dispatcher.context, { task: "x", command: ECHO })));
  await until(() => readdirSync(root.sessions).length === 3);
  await firstStarted(root);
  await dispatcher.close({ all: true });
  const sessions = await spawned;
  expect(sessions.flatMap(({ id }) => agentPids(root, id))).toEqual([]);
  await using next = await runDispatcher(root);
  await until(() => sessions.every(({ id }) => getSession(next.context, id).alive));
});

test("a session that is resumed before it has parked runs on", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  await until(() => getSession(context, id).turns === 1);
  for (let round = 1; round <= 3; round++) {
    await parkSession(context, id);
    await resumeSession(context, id);
    await until(() => {
      const { alive, wanted } = getSession(context, id);
      return alive && wanted?.generation === round + 1;
    });
    expect(getSession(context, id).wanted).toMatchObject({ wanted: "run", restarts: [] });
    // Only what has been told that it runs is asked to park.
    await until(() => getSession(context, id).badge === "idle");
  }
});

test("a start that is given up leaves nothing running, also behind a wrapper", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const { agentCommand } = testConfig();
  // Ends last, and not in the place of what it started.
  const config = testConfig({ agentCommand: ["sh", "-c", `(sleep 1; exec "$@"); exit $?`, "sh", ...agentCommand] });
  await using dispatcher = await runDispatcher(root, { config });
  const { context } = dispatcher;
  const spawned = createSession(context, { task: "x", command: ECHO });
  const id = await firstStarted(root);
  await stopSession(context, id);
  await spawned;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(agentPids(root, id)).toEqual([]);
  expect(getSession(context, id)).toMatchObject({ alive: false, wanted: { wanted: "stopped" } });
});
