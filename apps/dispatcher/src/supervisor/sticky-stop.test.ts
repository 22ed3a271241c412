import { existsSync } from "node:fs";
import { sendMessage } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { parkSession } from "../sessions/park.ts";
import { removeSession } from "../sessions/remove.ts";
import { resumeSession } from "../sessions/resume.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentPids, runDispatcher, temporaryRoot } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];
const ROUNDS = 6;

test("a stop wins over a message that arrives at the same moment and would wake the session", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  for (let round = 0; round < ROUNDS; round++) {
    await until(() => getSession(context, id).badge === "idle");
    await parkSession(context, id);
    await until(() => !getSession(context, id).alive);
    await sendMessage(root.session(id), { kind: "prompt", body: { text: `round ${round}` } });
    await stopSession(context, id);
    expect(getSession(context, id)).toMatchObject({ alive: false, wanted: { wanted: "stopped" } });
    // Long enough for several scans of the test's dispatcher to find the message.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(getSession(context, id).wanted).toMatchObject({ wanted: "stopped" });
    expect(agentPids(root, id)).toEqual([]);
    await resumeSession(context, id);
  }
});

test("a session that is being removed is not started by a resume", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", command: ECHO });
  await until(() => getSession(context, id).turns === 1);
  const letGo = context.supervisor.hold(id);
  await stopSession(context, id).catch(() => {});
  letGo();
  const removal = removeSession(context, id);
  const resumed = resumeSession(context, id).catch(() => null);
  await Promise.all([removal, resumed]);
  await until(() => agentPids(root, id).length === 0);
  expect(existsSync(root.session(id).directory)).toBe(false);
});
