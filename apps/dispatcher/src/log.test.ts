import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "@harness/core";
import { fakeClock, temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openLog } from "./log.ts";

const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("each line is an object with time, level and message", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "x.log");
  const log = openLog(path, { clock: fakeClock() });
  log.info("begun", { session: "s" });
  log.error("broke", { error: new HarnessError("storage-full", "no room") });
  log.close();
  expect(lines(path)).toEqual([
    { at: "2026-01-01T00:00:00.000Z", level: "info", message: "begun", session: "s" },
    expect.objectContaining({
      level: "error",
      error: expect.objectContaining({ code: "storage-full", message: "no room" }),
    }),
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("no secret is written, wherever it stands", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "x.log");
  const log = openLog(path, { clock: fakeClock(), secrets: ["canary-0123456789"] });
  log.info("key canary-0123456789", { url: "http://x/?k=canary-0123456789", header: "Bearer abc.def" });
  log.info("named", { token: "t0p", nested: { apiKey: "k3y", password: "pw" }, cookie: "c00kie" });
  log.close();
  expect(readFileSync(path, "utf8")).not.toMatch(/canary|abc\.def|t0p|k3y|"pw"|c00kie/);
});

test("the log is bounded, however much is logged and however long a line is", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "x.log");
  const log = openLog(path, { clock: fakeClock(), maxBytes: 4000, keep: 3 });
  for (let n = 0; n < 500; n++) log.info(`line ${n}`, { text: "x".repeat(n % 7 === 0 ? 100_000 : 50) });
  log.close();
  expect(readdirSync(directory.path).toSorted()).toEqual(["x.log", "x.log.1", "x.log.2"]);
  for (const name of readdirSync(directory.path)) expect(statSync(join(directory.path, name)).size).toBeLessThan(4100);
  expect(lines(path).at(-1)).toMatchObject({ message: "line 499" });
});

test("a log that cannot be written stops nothing", async () => {
  const directory = temporaryDirectory();
  const log = openLog(join(directory.path, "x.log"), { clock: fakeClock(), maxBytes: 100 });
  await directory[Symbol.asyncDispose]();
  expect(() => {
    for (let n = 0; n < 10; n++) log.info("still here");
  }).not.toThrow();
  log.close();
});
