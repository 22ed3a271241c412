import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";
import { COMMANDS } from "./command-map.ts";

const names = Object.keys(COMMANDS);
const PRINTS_NO_DATA = ["demo"];

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeAll(() => {
  line = openCommandLine();
});
afterAll(() => line[Symbol.asyncDispose]());

test.each([["--help"], ["-h"], ["help"], []])("harness %s lists every command", async (...words) => {
  const { code, stdout, stderr } = await line.run(words);
  expect([code, stderr]).toEqual([0, ""]);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} +\\w`, "m"));
});

test.each(names)("harness %s --help says what it does and shows an example", async (name) => {
  const { code, stdout, stderr } = await line.run([name, "--help"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(`Usage: harness ${name}`);
  expect(stdout).toMatch(new RegExp(`Examples?:\\n.*harness ${name}`));
  if (["token", "credential"].includes(name)) return;
  expect(stdout.includes("--json")).toBe(!PRINTS_NO_DATA.includes(name));
});

test("harness help <command> is the same", async () => {
  expect((await line.run(["help", "ps"])).stdout).toBe((await line.run(["ps", "--help"])).stdout);
});

test("harness token rotate --help documents --json", async () => {
  const { code, stdout } = await line.run(["token", "rotate", "--help"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("--json")]);
});

test("harness --version is the package's", async () => {
  expect((await line.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [["nope"], 'There is no command "nope".'],
  [["spwan", "x"], "Did you mean `harness spawn`?"],
  [["__proto__"], "There is no command"],
  [["spawn"], "Missing required argument 'task'."],
  [["spawn", "fix", "it"], "in quotes"],
  [["spawn", "x", "--colour", "red"], "Unknown option '--colour'."],
  [["spawn", "x", "--label", "nothing"], "not of the form key=value"],
  [["spawn", "x", "--command", "cat", "--", "cat"], "name two coding agents"],
  [["logs", "x", "--tail", "many"], "not a whole number"],
  [["wait", "x", "--timeout", "soon"], "not a number of seconds"],
  [["up", "--port", "70000"], "not a port"],
  [["diff", "x", "--against", "me"], "Allowed choices are base, target."],
  [["token", "burn", "x"], "harness token --help"],
  [["send", "x"], "There is no text."],
  [["merges", "--log", "../../etc"], "is not a merge id"],
  [["merges", "--cancel", "../sessions/x"], "is not a merge id"],
  [["salvage", "show", "../sessions"], "is not a session id"],
  [["salvage", "restore", ".."], "is not a session id"],
  [["spawn", "x", "--name", "../x"], "is not a session name"],
  [["spawn", "x", "--no-repo", "--branch", "b"], "--branch needs a repository"],
  [["diff", "x", "--into", "main"], "--into goes with --against target"],
  [["review", "x", "--into", "main"], "--into goes with --against target"],
  [["salvage"], "`harness salvage` takes a command: ls, show, restore"],
  [["token", "rotate"], "harness token rotate --help"],
  [["credential", "allow", "x"], "harness credential allow --help"],
])("harness %j is wrong usage", async (words, said) => {
  const { code, stdout, stderr } = await line.run(words);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(said);
});

test("with --json an error is an object on stderr", async () => {
  const { code, stdout, stderr } = await line.run(["spawn", "--json"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: "usage-invalid",
      kind: "invalid",
      message: "Missing required argument 'task'.",
      hint: "See `harness spawn --help`.",
      details: {},
    },
  });
});
