import { existsSync } from "node:fs";
import { ownerOf, userOf } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { readWorker } from "../credentials/worker-record.ts";
import { OWN, stage } from "../credentials/testing/push-stage.ts";
import { getSession } from "../sessions/get.ts";
import { testConfig } from "../supervisor/testing/dispatchers.ts";
import { openPlace, requireUsers } from "./testing/open-place.ts";

test("a session of its own user pushes through a worker of another, and what the remote would run waits for a person", async () => {
  const place = openPlace();
  if (!(await requireUsers(place.root, testConfig()))) return place[Symbol.asyncDispose]();
  await using all = await stage("push: shop", place);
  const { remote, run, dispatcher } = all;
  const { id } = await all.spawn();
  await until(() => getSession(dispatcher.context, id).turns === 1);
  expect(await run(id, "echo two > file.txt; git commit -qam work; git push; git rev-parse HEAD")).toContain("ended 0");
  const pushed = remote.refs()[OWN];
  expect(pushed).toMatch(/^[0-9a-f]{40}$/);
  const users = [userOf(readWorker(place.root, "shop")!.pid), ownerOf(place.root.session(id).directory)!.uid];
  expect(users.every((uid) => uid !== null && uid >= 1_900_000_000)).toBe(true);
  expect(users[0]).not.toBe(users[1]);
  const workflow =
    "mkdir -p .github/workflows; echo on: push > .github/workflows/a.yml; git add .; git commit -qm more";
  expect(await run(id, `${workflow}; git push`)).toMatch(/changes what the remote runs[^]*ended 1/);
  expect(remote.refs()[OWN]).toBe(pushed);
  expect(existsSync(place.root.session(id).gitConfig)).toBe(true);
});
