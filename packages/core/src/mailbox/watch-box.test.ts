import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Watch } from "../fs/watch-directory.ts";
import { boxPaths } from "../layout/session-directory.ts";
import { fakeClock, temporaryDirectory, until } from "../testing/index.ts";
import { watchBox } from "./watch-box.ts";

type On = Parameters<Watch>[1];

function setUp(directory: string) {
  const box = boxPaths(join(directory, "inbox"));
  mkdirSync(box.path);
  mkdirSync(box.claimed);
  const clock = fakeClock();
  const stop = new AbortController();
  const looks: string[] = [];
  const degraded: unknown[] = [];
  const restored: number[] = [];
  const run = async (watch?: Watch) => {
    const options = watch === undefined ? {} : { watch };
    const onDegraded = (error: unknown) => void degraded.push(error);
    const onRestored = () => void restored.push(looks.length);
    for await (const why of watchBox(box, { signal: stop.signal, clock, onDegraded, onRestored, ...options }))
      looks.push(why);
  };
  return { box, clock, stop, looks, degraded, restored, run };
}

test("a box is scanned at once and then every two seconds, hints or none", async () => {
  await using directory = temporaryDirectory();
  const { clock, stop, looks, run } = setUp(directory.path);
  const watching = run(() => () => {});
  for (let scans = 1; scans <= 4; scans += 1) {
    await until(() => looks.length === scans && clock.sleepers === 1);
    await clock.advance(1_999);
    expect(looks.length).toBe(scans);
    await clock.advance(1);
  }
  stop.abort();
  await watching;
  expect(new Set(looks)).toEqual(new Set(["scan"]));
});

test("an arrival is told by the system's watcher, the box's own moves are not", async () => {
  await using directory = temporaryDirectory();
  const { box, clock, stop, looks, run } = setUp(directory.path);
  const watching = run();
  await until(() => clock.sleepers === 1);
  writeFileSync(join(box.path, "m.msg"), "x");
  await until(() => looks.at(-1) === "hint");
  await until(() => clock.sleepers === 1);
  const before = looks.length;
  renameSync(join(box.path, "m.msg"), join(box.claimed, "m.a1.msg"));
  writeFileSync(join(box.path, "notes.txt"), "x");
  // The next arrival is told after them, so they were not.
  writeFileSync(join(box.path, "n.msg"), "x");
  await until(() => looks.length > before);
  expect(looks.slice(before).every((why) => why === "hint")).toBe(true);
  stop.abort();
  await watching;
});

test("a watcher that is lost is told once; scanning goes on, hints come back, and so is that", async () => {
  await using directory = temporaryDirectory();
  const { clock, stop, looks, degraded, restored, run } = setUp(directory.path);
  const watchers: On[] = [];
  const watching = run((_, on) => {
    watchers.push(on);
    if (watchers.length < 3) on.error(new Error(`lost ${watchers.length}`));
    return () => {};
  });
  for (let scans = 1; scans <= 31; scans += 1) {
    await until(() => looks.length === scans && clock.sleepers === 1);
    await clock.advance(2_000);
  }
  expect(degraded).toEqual([new Error("lost 1")]);
  expect(watchers.length).toBe(3);
  await until(() => looks.length === 32 && clock.sleepers === 1);
  watchers[2]!.hint(null);
  await until(() => looks.length === 33);
  expect(looks.at(-1)).toBe("hint");
  expect(restored).toEqual([30]);
  watchers[2]!.error(new Error("lost again"));
  expect(degraded).toEqual([new Error("lost 1"), new Error("lost again")]);
  stop.abort();
  await watching;
});
