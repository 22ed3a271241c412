import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { requireTool, until } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { Health, SessionSummary } from "../sessions/schema.ts";
import { ask, spawnDispatcher, temporaryRoot, type DispatcherProcess } from "./testing/dispatchers.ts";

const ECHO = ["sh", "-c", "cat"];

test("without any file watcher everything is still seen, and health says that it is slower", async () => {
  if (!requireTool("unshare")) return;
  await using place = temporaryRoot();
  const script = 'echo 0 > /proc/sys/user/max_inotify_instances && exec "$@"';
  const wrap = ["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"];
  await using dispatcher = await spawnDispatcher({ home: place.root.path }, wrap);
  const { id } = await create(dispatcher, { task: "x", command: ECHO });
  await until(async () => (await show(dispatcher, id)).turns === 1);
  expect((await show(dispatcher, id)).badge).toBe("idle");
  const health = await ask<Health>(dispatcher, "/api/health");
  expect(health.status).toBe("ok");
  expect(health.problems.join()).toContain("changes are seen by scans");
});

test("a dispatcher that runs out of file descriptors goes on as soon as there are some again", async () => {
  if (!requireTool("prlimit")) return;
  await using place = temporaryRoot();
  await using dispatcher = await spawnDispatcher({ home: place.root.path });
  const { id, pid } = await create(dispatcher, { task: "x", command: ECHO });
  await until(async () => (await show(dispatcher, id)).turns === 1);
  const limit = (count: number) =>
    execFileSync("prlimit", ["--pid", String(dispatcher.child.pid), `--nofile=${count}:`]);
  limit(readdirSync(`/proc/${dispatcher.child.pid}/fd`).length - 2);
  await Promise.allSettled(
    Array.from({ length: 5 }, () =>
      fetch(`${dispatcher.said?.url}/api/health`, { signal: AbortSignal.timeout(500) }).then((answer) => answer.text()),
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  limit(1024);
  const after = await until(() => show(dispatcher, id).catch(() => null));
  expect(after).toMatchObject({ alive: true, pid, badge: "idle", damaged: [] });
  await create(dispatcher, { task: "x", command: ECHO });
  expect(dispatcher.child.exitCode).toBeNull();
});

const create = (to: DispatcherProcess, input: object) => ask<SessionSummary>(to, "/api/sessions", input);
const show = (to: DispatcherProcess, id: string) => ask<SessionSummary>(to, `/api/sessions/${id}`);
