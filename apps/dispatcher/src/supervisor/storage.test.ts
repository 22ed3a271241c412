import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSession } from "../sessions/create.ts";
import { listSessions } from "../sessions/list.ts";
import { stopSession } from "../sessions/stop.ts";
import { agentOf, runDispatcher, temporaryRoot } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

test("a state root that is moved away is lost, not empty: nothing is started, removed or made again", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id, pid } = await createSession(context, { task: "x", command: ECHO });
  await until(() => context.supervisor.look(id).turns === 1);
  const removed: string[] = [];
  context.feed.subscribe(({ type }) => void (type === "session.removed" && removed.push(type)));

  const away = `${root.path}.away`;
  renameSync(root.path, away);
  await until(() => context.supervisor.health().status === "storage lost");
  expect(context.supervisor.health().problems.join()).toContain("is gone");
  await expect(createSession(context, { task: "x", command: ECHO })).rejects.toMatchObject({ code: "storage-lost" });
  await expect(stopSession(context, id)).rejects.toMatchObject({ code: "storage-lost" });
  expect(() => listSessions(context)).toThrow(expect.objectContaining({ code: "storage-lost" }));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(existsSync(root.path)).toBe(false);

  mkdirSync(root.path);
  expect(context.supervisor.health().status).toBe("storage lost");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(readdirSync(root.path)).toEqual([]);
  expect(removed).toEqual([]);

  renameSync(root.path, `${root.path}.empty`);
  renameSync(away, root.path);
  await until(() => context.supervisor.health().status === "ok");
  await until(() => listSessions(context).length === 1 && agentOf(root, id) !== null);
  expect(removed).toEqual([]);
  expect(pid).not.toBeNull();
});

test("a sessions folder that is not there at the start is lost too, and nothing is made in its place", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const first = await runDispatcher(root);
  await first.close();
  renameSync(root.sessions, `${root.sessions}.away`);
  await expect(runDispatcher(root)).rejects.toMatchObject({ code: "storage-lost" });
  expect(existsSync(root.sessions)).toBe(false);
  renameSync(`${root.sessions}.away`, root.sessions);
  await using dispatcher = await runDispatcher(root);
  expect(dispatcher.context.supervisor.health().status).toBe("ok");
});

test("another state root in the same place is not taken for the own one", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const other = await runDispatcher(root);
  await other.close();
  renameSync(root.path, `${root.path}.other`);
  await using dispatcher = await runDispatcher(root);
  renameSync(root.path, `${root.path}.own`);
  renameSync(`${root.path}.other`, root.path);
  expect(dispatcher.context.supervisor.health()).toMatchObject({
    status: "storage lost",
    problems: [expect.stringContaining("Something else stands at")],
  });
  renameSync(root.path, `${root.path}.other`);
  renameSync(`${root.path}.own`, root.path);
});
