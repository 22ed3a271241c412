import { createRequire } from "node:module";
import { requireTool } from "@harness/core/testing";
import { expect, it } from "vitest";
import { createBubblewrap } from "../bubblewrap/bubblewrap.ts";
import { createNone } from "../none.ts";
import { ARCHITECTURES } from "../seccomp/system-calls.ts";
import { ATTEMPTS } from "./attempts.ts";
import { CALL_GROUPS } from "./attempts/call-groups.ts";
import { runSandboxConformance } from "./run-conformance.ts";

const program = createRequire(import.meta.url).resolve("@harness/sandbox/escape-pack.mjs");

it("no attempt gets through bubblewrap", async () => {
  if (!requireTool("bwrap")) return;
  const { attempts, passed } = await runSandboxConformance({ sandbox: createBubblewrap(), program });
  expect(attempts.filter(({ verdict }) => verdict !== "held")).toEqual([]);
  expect(attempts).toHaveLength(ATTEMPTS.filter(({ needs }) => needs === undefined).length);
  expect(passed).toBe(true);
});

/** A program that is started here is in a session of its own in any case. */
const HELD_WITHOUT = ["share-terminal-session"];
/** What the kernel keeps from whoever is not root, depending on its settings. */
const HELD_FROM_OTHERS = [
  "trace-outside",
  "load-kernel-code",
  "watch-kernel",
  "run-machine",
  "write-to-system",
  "mount",
];

it("every attempt gets through where there is no wall, and every control works", async () => {
  const { attempts, passed } = await runSandboxConformance({ sandbox: createNone(), program });
  const held = attempts.filter(({ verdict }) => verdict === "held").map(({ id }) => id);
  const controls = ATTEMPTS.filter(({ rows, needs }) => rows.length === 0 && needs === undefined).map(({ id }) => id);
  const known = [...controls, ...HELD_WITHOUT, ...(process.getuid?.() === 0 ? [] : HELD_FROM_OTHERS)];
  expect(held.filter((id) => !known.includes(id))).toEqual([]);
  expect(held).toEqual(expect.arrayContaining(controls));
  expect(attempts.filter(({ verdict }) => verdict === "not tried")).toEqual([]);
  expect(passed).toBe(false);
});

it("every system call that is refused is tried", () => {
  const tried = Object.values(CALL_GROUPS).flatMap(({ calls }) => calls);
  for (const { refused } of Object.values(ARCHITECTURES))
    expect(tried.toSorted()).toEqual(Object.keys(refused).toSorted());
});

it("no two attempts have one name", () => {
  expect(new Set(ATTEMPTS.map(({ id }) => id)).size).toBe(ATTEMPTS.length);
});
