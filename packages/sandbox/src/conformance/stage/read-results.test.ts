import { spawnSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, it } from "vitest";
import { readResults } from "./read-results.ts";

const line = JSON.stringify({ id: "one", verdict: "held", seen: "EPERM", tookMs: 1 });
const nothing = { told: [], runs: 0 };

it("takes from the results of a session what is a result, and leaves the rest", async () => {
  await using place = temporaryDirectory();
  const path = join(place.path, "results");
  const strange = ["null", "[]", "7", "{", '{"id":"two"}', '{"id":1,"verdict":"held","seen":"","tookMs":1}'];
  const verdict = '{"id":"three","verdict":"fine","seen":"","tookMs":1}';
  writeFileSync(path, [...strange, verdict, line, '{"done":true}', line].join("\n"));
  expect(readResults(path)).toEqual({ told: [JSON.parse(line)], runs: 1 });
});

it.each([
  ["nothing", () => {}],
  ["a pipe", (path: string) => void spawnSync("mkfifo", [path])],
  ["a link", (path: string) => (writeFileSync(`${path}.real`, `${line}\n`), symlinkSync(`${path}.real`, path))],
  ["a device", (path: string) => symlinkSync("/dev/zero", path)],
  ["more than there can be", (path: string) => (writeFileSync(path, `${line}\n`), truncateSync(path, 2 ** 40))],
])("is not held up, and believes nothing, where there is %s", async (_, make) => {
  await using place = temporaryDirectory();
  const path = join(place.path, "results");
  make(path);
  expect(readResults(path)).toEqual(nothing);
});
