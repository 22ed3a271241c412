// The kit passes programs that keep the protocol and names what the others get wrong.
import { join } from "node:path";
import { test } from "vitest";
import { type ConformanceReport, runAgentConformance, runClientConformance } from "../src/conformance/index.ts";
import { requireTool } from "../src/testing/index.ts";

const PROGRAMS = join(import.meta.dirname, "programs");
// Other tests run on the same cores.
const OPTIONS = { patience: 4, parallel: 6, path: process.env["PATH"] ?? "" };
const LONGEST_MS = 240_000;

const agent = (name: string) => [process.execPath, join(PROGRAMS, name)];
const client = (name: string) => ["python3", join(PROGRAMS, name)];
const failures = (report: ConformanceReport) => report.checks.filter((check) => !check.passed);
const namesOf = (checks: { name: string }[]) => checks.map((check) => check.name);

test.concurrent(
  "an agent process of a hundred lines over core passes every check",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    const told: string[] = [];
    const onCheck = (check: { name: string }) => void told.push(check.name);
    const report = await runAgentConformance({ ...OPTIONS, command: agent("reference-agent.mjs"), onCheck });
    expect(failures(report)).toEqual([]);
    expect(report).toMatchObject({ subject: "agent", passed: true });
    expect(told.toSorted()).toEqual(namesOf(report.checks).toSorted());
  },
);

test(
  "an agent process that keeps no lock fails every check, because it never lives",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    const only = ["takes-the-lock", "plain-text-is-a-prompt"];
    const report = await runAgentConformance({ ...OPTIONS, patience: 0.3, command: agent("wrong-agent.mjs"), only });
    expect(namesOf(failures(report))).toEqual(only);
    expect(report.checks[0]?.seen).toContain("status.json and .lock show no living process");
  },
);

test.concurrent(
  "an agent process that locks but forgets is told what it forgets",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    const command = [...agent("wrong-agent.mjs"), "--lock"];
    const right = ["takes-the-lock", "prompts-in-order"];
    expect(await runAgentConformance({ ...OPTIONS, command, only: right })).toMatchObject({ passed: true });
    // What it does wrong it does not do right in any time, so little of it is given.
    const report = await runAgentConformance({ ...OPTIONS, patience: 0.25, command });
    const failed = failures(report).filter((check) => !right.includes(check.name));
    expect(namesOf(failed)).toEqual(namesOf(report.checks).filter((name) => !right.includes(name)));
    for (const check of failed) expect(check.seen.length).toBeGreaterThan(10);
  },
);

test.concurrent(
  "a client in Python that knows only the format passes every check",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    if (!requireTool("python3")) return;
    const report = await runClientConformance({ ...OPTIONS, command: client("careful-client.py") });
    expect(failures(report)).toEqual([]);
    expect(report.checks.find((check) => check.name === "ends-with-0")?.seen).toBe("It printed the reply.");
  },
);

test.concurrent(
  "a client that reuses a name and writes elsewhere is told so",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    if (!requireTool("python3")) return;
    const report = await runClientConformance({ ...OPTIONS, command: client("wrong-client.py") });
    const failed = failures(report);
    expect(namesOf(failed)).toEqual(["sends-every-character", "two-at-once", "touches-nothing-else", "ends-with-0"]);
    expect(failed.find((check) => check.name === "touches-nothing-else")?.seen).toContain("context.json was changed");
  },
);

test.concurrent(
  "a program that cannot be started fails with the reason",
  { timeout: LONGEST_MS },
  async ({ expect }) => {
    const command = ["no-such-program-anywhere"];
    const report = await runClientConformance({ ...OPTIONS, patience: 0.1, command, only: ["publishes-one-prompt"] });
    expect(report.passed).toBe(false);
    expect(report.checks[0]?.seen).toContain("ENOENT");
  },
);
