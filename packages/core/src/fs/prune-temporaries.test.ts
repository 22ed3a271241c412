import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { pruneTemporaries } from "./prune-temporaries.ts";

test("litter of dead writers goes after 36 hours, and nothing else ever", async () => {
  await using directory = temporaryDirectory();
  const litter = [".context.json.0123456789ab.tmp", ".abcdefghij.0123456789ab.new"];
  const others = ["context.json", ".lock", ".hidden.tmp", "x.0123456789ab.tmp"];
  for (const name of [...litter, ...others]) {
    if (name.endsWith(".new")) mkdirSync(join(directory.path, name, "inbox"), { recursive: true });
    else writeFileSync(join(directory.path, name), "");
  }
  const later = (hours: number) => ({ ...systemClock, now: () => Date.now() + hours * 3_600_000 });
  expect(await pruneTemporaries(directory.path, later(35))).toBe(0);
  expect(await pruneTemporaries(directory.path, later(-1_000))).toBe(0);
  expect(await pruneTemporaries(directory.path, later(37))).toBe(2);
  expect(readdirSync(directory.path).toSorted()).toEqual(others.toSorted());
  expect(await pruneTemporaries(join(directory.path, "absent"))).toBe(0);
});
