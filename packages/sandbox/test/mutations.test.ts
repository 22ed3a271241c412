import { openSync } from "node:fs";
import { createRequire } from "node:module";
import { requireTool } from "@harness/core/testing";
import { describe, expect, it, vi } from "vitest";
import { createBubblewrap } from "../src/bubblewrap/bubblewrap.ts";
import { CALL_GROUPS } from "../src/conformance/attempts/call-groups.ts";
import { runPack } from "../src/conformance/run-pack.ts";
import { createMemoryFile } from "../src/memory-file.ts";
import type { WrappedCommand } from "../src/sandbox.ts";
import { encodeFilter, seccompRules } from "../src/seccomp/filter.ts";
import {
  formatWall,
  parseWall,
  removals,
  weakenings,
  withCapabilities,
  withoutNamespace,
  type Flag,
  type Mutation,
} from "./flags.ts";
import { IN_DEPTH, IN_DEPTH_LINES } from "./in-depth.ts";

vi.setConfig({ testTimeout: 240_000 });

type Alter = (wrapped: WrappedCommand) => WrappedCommand;

const program = createRequire(import.meta.url).resolve("@harness/sandbox/escape-pack.mjs");
const sandbox = createBubblewrap();
const NOTHING_RUNS = "nothing runs";
/**
 * Without these nothing can begin inside, so that nothing is said of them by that. What they do is looked at in a weaker form:
 * a mount that can be written, the machine's own devices, all namespaces but one.
 */
const NEEDED_TO_RUN = [
  /^--ro-bind \/usr$/,
  /^--symlink \S+ \/lib\w*$/,
  /^--(?:ro-)?bind(?:-fd)? (?:node|the pack|sessions\/own\/worktree)$/,
  /^--(?:proc \/proc|dev \/dev|chdir .*|unshare-all|unshare-user)$/,
];

/** The attempts that get through what was done to the wall. Where it cannot even be built, nothing runs inside. */
async function whoNotices(alter: Alter, only?: readonly string[]): Promise<string[]> {
  const results = await runPack({ sandbox, program, alter, ...(only ? { only } : {}) });
  const escaped = results.filter(({ verdict }) => verdict === "escaped").map(({ id }) => id);
  return results.every(({ verdict }) => verdict === "not tried") ? [NOTHING_RUNS] : escaped;
}

interface Trial {
  readonly label: string;
  run(): Promise<string[]>;
}

/** What came of each, two at a time. */
async function tryEach(trials: readonly Trial[]): Promise<Map<string, string[]>> {
  const waiting = [...trials];
  const noticed = new Map<string, string[]>();
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      noticed.set(next.label, await next.run());
  };
  await Promise.all([work(), work()]);
  return noticed;
}

function unexplained(noticed: ReadonlyMap<string, readonly string[]>): string[] {
  const root = process.getuid?.() === 0;
  return [...noticed].flatMap(([label, by]) => {
    const known = Object.hasOwn(IN_DEPTH, label) && !(root && IN_DEPTH[label]?.unless === "root");
    return by.length === 0 && !known ? [label] : [];
  });
}

/** Each run has places of its own, so that its mutations are found anew and told by their labels. */
function mutate(find: (flags: readonly Flag[]) => Mutation[], label: string): Alter {
  return (wrapped) => {
    const wall = parseWall(wrapped.command);
    const flags = find(wall.flags).find((each) => each.label === label)?.flags;
    if (flags === undefined) throw new Error(`There is no mutation ${label}.`);
    return { ...wrapped, command: formatWall({ ...wall, flags }) };
  };
}

async function labelsOf(find: (flags: readonly Flag[]) => Mutation[]): Promise<string[]> {
  let labels: string[] = [];
  const look: Alter = (wrapped) => {
    labels = find(parseWall(wrapped.command).flags).map(({ label }) => label);
    return wrapped;
  };
  await runPack({ sandbox, program, only: ["work-in-own-places"], alter: look });
  return labels;
}

const rules = seccompRules(process.arch) ?? [];

function withoutRule(name: string): Alter {
  return (wrapped) => {
    const filter = createMemoryFile(encodeFilter(rules.filter((rule) => rule.name !== name)));
    const flag = parseWall(wrapped.command).flags.find((each) => each.name === "--seccomp");
    return { ...wrapped, descriptors: wrapped.descriptors.with(Number(flag?.operands[0]) - 3, filter.open()) };
  };
}

const giveCapabilities: Alter = (wrapped) => {
  const wall = parseWall(wrapped.command);
  return { ...wrapped, command: formatWall({ ...wall, flags: withCapabilities(wall.flags) }) };
};

function attemptAt(rule: string): string {
  const others: Record<string, string> = {
    "another machine's calls": "call-as-another-machine",
    "x32's calls": "call-as-another-machine",
    "typing into a terminal": "type-into-terminal",
    "other sockets": "open-other-sockets",
  };
  const group = Object.entries(CALL_GROUPS).find(([, { calls }]) => calls.includes(rule))?.[0];
  const attempt = others[rule] ?? group;
  if (attempt === undefined) throw new Error(`No attempt makes the system call ${rule}.`);
  return attempt;
}

describe.runIf(requireTool("bwrap"))("an attempt notices when the wall", () => {
  it("lacks one of its flags", async () => {
    const labels = await labelsOf(removals);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels.length).toBeGreaterThan(25);
    const noticed = await tryEach(labels.map((label) => ({ label, run: () => whoNotices(mutate(removals, label)) })));
    expect(unexplained(noticed)).toEqual([]);
    const nothing = [...noticed].flatMap(([label, by]) => (by.includes(NOTHING_RUNS) ? [label] : []));
    expect(nothing.filter((label) => !NEEDED_TO_RUN.some((each) => each.test(label)))).toEqual([]);
  });

  it.each([
    ["has a flag in a weaker form", weakenings],
    ["lacks a namespace", withoutNamespace],
  ])("%s", async (_, find) => {
    const labels = await labelsOf(find);
    expect(labels.length).toBeGreaterThan(5);
    const noticed = await tryEach(labels.map((label) => ({ label, run: () => whoNotices(mutate(find, label)) })));
    expect(unexplained(noticed)).toEqual([]);
    // It stands, and lets something through.
    expect([...noticed].filter(([, by]) => by.includes(NOTHING_RUNS))).toEqual([]);
  });

  it("refuses one system call less", async () => {
    const trials = rules.map(({ name }) => ({
      label: `refuse ${name}`,
      run: () => whoNotices(withoutRule(name), [attemptAt(name)]),
    }));
    expect(trials.length).toBeGreaterThan(30);
    expect(unexplained(await tryEach(trials))).toEqual([]);
  });

  it("refuses one system call less, and gives capabilities", async () => {
    const behind = rules.filter(({ name }) => IN_DEPTH[`refuse ${name}`]?.behind === "capabilities");
    const trials = behind.map(({ name }) => ({
      label: name,
      run: () => whoNotices((wrapped) => giveCapabilities(withoutRule(name)(wrapped)), [attemptAt(name)]),
    }));
    expect(behind.length).toBeGreaterThan(0);
    expect([...(await tryEach(trials))].filter(([, by]) => by.length === 0)).toEqual([]);
  });

  it.each([
    ["--core=", ["dump-memory"]],
    ["--fsize=", ["write-without-end"]],
    ["--data=", ["allocate-without-end"]],
  ])("does not set %s", async (limit, by) => {
    const without: Alter = (wrapped) => {
      const command = wrapped.command.filter((word) => !word.startsWith(limit));
      expect(command).toHaveLength(wrapped.command.length - 1);
      return { ...wrapped, command };
    };
    expect(await whoNotices(without)).toEqual(by);
  });

  it("hands a handle on", async () => {
    const handle: Alter = (wrapped) => ({ ...wrapped, descriptors: [...wrapped.descriptors, openSync("/", "r")] });
    expect(await whoNotices(handle)).toEqual(["climb-from-descriptors"]);
  });

  it("is explained where nobody does, by a list that becomes no longer", async () => {
    const all = [...(await labelsOf(removals)), ...rules.map(({ name }) => `refuse ${name}`)];
    const lines = Object.keys(IN_DEPTH);
    expect(lines.filter((label) => !all.includes(label))).toEqual([]);
    expect(lines.length).toBeLessThanOrEqual(IN_DEPTH_LINES);
  });
});
