import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// The kit waits as long as an agent process may.
vi.setConfig({ testTimeout: 240_000 });

const HARNESS_AGENT = join(import.meta.dirname, "../../../../packages/agent/bin/harness-agent");

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

interface Check {
  name: string;
  passed: boolean;
  expected: string;
  seen: string;
}

test("our own agent process keeps the protocol", async () => {
  const ran = await line.run(["conformance", "agent", "--patience", "3", "--json", "--", HARNESS_AGENT]);
  const { checks, passed } = ran.json();
  expect(checks.filter((check: Check) => !check.passed)).toEqual([]);
  expect([ran.code, passed, checks.length > 10]).toEqual([0, true, true]);
});

test("a program that is no agent process is told what was expected of it", async () => {
  const words = [
    "conformance",
    "agent",
    "--only",
    "takes-the-lock",
    "second-start-exits-100",
    "--",
    "sh",
    "-c",
    "sleep 1",
  ];
  const ran = await line.run(words);
  expect([ran.code, ran.stderr]).toEqual([1, ""]);
  expect(ran.stdout).toMatch(/^failed {2}takes-the-lock.*\n +expected {2}.*\.lock.*\n +seen {2,}/m);
  expect(ran.stdout).toContain("0 of 2 checks passed.");
});

test("four lines of shell are a client", async () => {
  const script = join(line.directory, "client.sh");
  writeFileSync(script, 'printf %s "$1" > "$HARNESS_STATE/inbox/m$$.msg"\n');
  const ran = await line.run(["conformance", "client", "--patience", "3", "--json", "--", "sh", script]);
  expect([ran.code, ran.json().checks.filter((check: Check) => !check.passed)]).toEqual([0, []]);
});

test.each([
  [["conformance", "agent"], "There is no command to check."],
  [["conformance", "waiter", "--", "true"], "waiter is neither agent nor client."],
  [["conformance", "client", "--only", "nothing", "--", "true"], "There is no check of that name: nothing."],
  [["conformance", "agent", "--only", "takes-the-lock", "nothing", "--", "true"], "of that name: nothing."],
])("%j is wrong usage", async (words, said) => {
  const { code, stderr } = await line.run(words);
  expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
});
