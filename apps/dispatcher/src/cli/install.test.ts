import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

test("install links both launchers into ~/.local/bin and says when that is not on PATH", async () => {
  const { code, stdout, stderr } = await line.run(["install"]);
  const directory = join(line.directory, ".local", "bin");
  expect([code, stdout.split("\n").length]).toEqual([0, 3]);
  expect(stderr).toContain(`export PATH="${directory}:$PATH"`);
  const ran = spawnSync(join(directory, "harness"), ["--version"], { encoding: "utf8", env: {} });
  expect([ran.status, ran.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+/)]);
  expect(existsSync(join(directory, "harness-agent"))).toBe(true);
  const again = await line.run(["install", "--json"], { env: { PATH: `${process.env["PATH"]}:${directory}` } });
  expect(again.json()).toMatchObject({
    directory,
    onPath: true,
    installed: [{ outcome: "kept" }, { outcome: "kept" }],
  });
});

test("a foreign file stays, unless --force", async () => {
  const directory = join(line.directory, "bin");
  mkdirSync(directory);
  writeFileSync(join(directory, "harness"), "somebody else's");
  const refused = await line.run(["install", "--dir", directory, "--json"]);
  expect([refused.code, JSON.parse(refused.stderr).error.code]).toEqual([1, "file-exists"]);
  expect(lstatSync(join(directory, "harness")).isFile()).toBe(true);
  expect((await line.run(["install", "--dir", directory, "--force"])).code).toBe(0);
  expect(readlinkSync(join(directory, "harness"))).toMatch(/apps\/dispatcher\/bin\/harness$/);
});

test("a link of an older checkout is replaced, a foreign link is not", async () => {
  const directory = join(line.directory, "bin");
  mkdirSync(directory);
  symlinkSync("/old/checkout/apps/dispatcher/bin/harness", join(directory, "harness"));
  expect((await line.run(["install", "--dir", directory])).code).toBe(0);
  symlinkSync("/usr/bin/true", join(line.directory, "harness-agent"));
  expect((await line.run(["install", "--dir", line.directory])).stderr).toContain(
    "harness-agent exists and is not ours.",
  );
});

test("a directory that cannot be written says so", async () => {
  writeFileSync(join(line.directory, "file"), "");
  const { code, stderr } = await line.run(["install", "--dir", join(line.directory, "file", "bin")]);
  expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be written (ENOTDIR)")]);
  expect((await line.run(["install", "--dir", "/tmp", "--system"])).code).toBe(2);
});
