import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { identifyProcess, isHarnessError, systemClock } from "@harness/core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { becomeOnly, readDispatcher, type Singleton } from "./singleton.ts";
import { runDispatcher, spawnDispatcher, temporaryRoot } from "./testing/dispatchers.ts";

const PLACE = { port: 1, url: "http://127.0.0.1:1", startedAt: "now" };

test("of many that start at once exactly one runs, twenty times over", async () => {
  await using place = temporaryRoot();
  for (let round = 0; round < 20; round++) {
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => becomeOnly(place.root, systemClock)));
    const winners = tries.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(winners).toHaveLength(1);
    const refusals = tries.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(refusals).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ code: "dispatcher-running" })));
    winners[0]?.release();
  }
});

test("two dispatcher processes at once: one runs, the other is told where", async () => {
  await using place = temporaryRoot();
  const home = place.root.path;
  const both = await Promise.all([spawnDispatcher({ home }), spawnDispatcher({ home })]);
  const running = both.find(({ said }) => said?.error === undefined);
  const refused = both.find(({ said }) => said?.error !== undefined);
  expect(refused?.said?.error).toMatchObject({ code: "dispatcher-running" });
  expect(readDispatcher(place.root)).toMatchObject({ pid: running?.child.pid, url: running?.said?.url });
  await until(() => refused?.child.exitCode === 1);
  for (const { kill } of both) await kill();
});

test("a frozen dispatcher keeps its place, and whoever comes is told so within a second", async () => {
  await using place = temporaryRoot();
  await using holder = await spawnDispatcher({ home: place.root.path });
  holder.child.kill("SIGSTOP");
  const begun = performance.now();
  const error = await becomeOnly(place.root, systemClock).catch((reason: unknown) => reason);
  expect(performance.now() - begun).toBeLessThan(1000);
  expect(isHarnessError(error) && error).toMatchObject({
    code: "dispatcher-running",
    details: { url: holder.said?.url, pid: holder.child.pid },
  });
});

test("what a killed dispatcher left stands in nobody's way and is not believed", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const first = await spawnDispatcher({ home: root.path });
  await first.kill();
  expect(existsSync(root.run.dispatcher)).toBe(true);
  expect(readDispatcher(root)).toBeNull();
  await using second = await runDispatcher(root);
  expect(readDispatcher(root)?.url).toBe(second.url);
});

test("a record of another boot or of a reused pid is not believed", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  mkdirSync(root.run.path, { recursive: true });
  const write = (changes: object) =>
    writeFileSync(root.run.dispatcher, JSON.stringify({ v: 1, ...identifyProcess(), ...PLACE, ...changes }));
  write({});
  expect(readDispatcher(root)).toMatchObject(PLACE);
  write({ startTime: "1" });
  expect(readDispatcher(root)).toBeNull();
  write({ bootId: "another" });
  expect(readDispatcher(root)).toBeNull();
});

test("the place is free again after an orderly end", async () => {
  await using place = temporaryRoot();
  let only: Singleton = await becomeOnly(place.root, systemClock);
  await only.announce(PLACE);
  only.release();
  expect(existsSync(place.root.run.dispatcher)).toBe(false);
  only = await becomeOnly(place.root, systemClock);
  only.release();
});
