import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@harness/core";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { openLab } from "../worktrees/testing/lab.ts";
import { listSalvages } from "./list.ts";
import { retainSalvages } from "./retain.ts";
import { removed } from "./testing/removed.ts";

const SLOW = { timeout: 60_000 };

test("what is too old goes, with what it took, and is told; the rest stays", SLOW, async () => {
  await using lab = openLab();
  const told: string[] = [];
  const note = (message: string, fields?: object) => void told.push(`${message} ${JSON.stringify(fields)}`);
  const log = { info: note, warn: note, error: note, close: () => {} };
  const config = parseConfig("salvage: { keepDays: 90 }");
  let days = 0;
  const clock = { ...systemClock, now: () => Date.now() + days * 86_400_000 };
  const parts = { ...lab.context, config, clock, log };
  const { hub } = await removed(lab);
  const commit = lab.git(hub, "rev-parse", "refs/harness/salvage/one");
  await lab.session("lives");
  days = 89;
  expect(await retainSalvages(parts)).toEqual([]);
  days = 91;
  expect(await retainSalvages(parts)).toEqual(["one"]);
  expect(await listSalvages(lab.context)).toEqual([]);
  expect(readdirSync(lab.context.root.archive)).toEqual([]);
  expect(told).toMatchObject([
    expect.stringMatching(/what was kept of a session is let go .*"one".*"age"/),
    expect.stringContaining("in use"),
  ]);
  // A session borrows from the hub: nothing there is collected.
  lab.git(hub, "cat-file", "-e", commit);
  lab.git(lab.worktree("lives"), "fsck", "--no-dangling");
});

test("space in a hub nobody borrows from is given back, the person's packs untouched", SLOW, async () => {
  await using lab = openLab();
  const log = { info: () => {}, warn: () => {}, error: () => {}, close: () => {} };
  lab.git(lab.source, "gc", "-q");
  const { hub } = await removed(lab);
  const packs = () => readdirSync(join(hub, "objects/pack")).filter((name) => name.endsWith(".pack"));
  const commit = lab.git(hub, "rev-parse", "refs/harness/salvage/one");
  const shared = readdirSync(join(lab.source, ".git/objects/pack")).find((name) => name.endsWith(".pack")) ?? "";
  expect(packs()).toContain(shared);
  expect(packs().length).toBeGreaterThan(1);
  // As if all of it were two hours old.
  execFileSync("find", [join(hub, "objects"), "-type", "f", "-exec", "touch", "-d", "2 hours ago", "{}", "+"]);
  const clock = { ...systemClock, now: () => Date.now() + 1000 * 86_400_000 };
  await retainSalvages({ ...lab.context, config: parseConfig(""), clock, log });
  expect(packs()).toEqual([shared]);
  expect(() => lab.git(hub, "cat-file", "-e", commit)).toThrow("Command failed");
  lab.git(hub, "fsck");
  await lab.session("next");
});
