import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { GateRun, MergeItem } from "./item.ts";
import { gateLogPath, openMergeStore } from "./store.ts";

const log = { info: () => {}, warn: () => {}, error: () => {}, close: () => {} };

const gate: GateRun = {
  id: "gate-shown",
  command: ["true"],
  commit: "c",
  merges: 1,
  passed: true,
  sandbox: "none",
  ended: "exit code 0",
  ms: 1,
  tail: "",
};

const ended: MergeItem = {
  v: 1,
  id: "merge",
  order: 1,
  session: "s",
  repository: "/r",
  gitDirectory: "/r/.git",
  into: "main",
  how: "merge-commit",
  message: null,
  branch: "b",
  tip: "t",
  uncommitted: { modified: 0, untracked: 0 },
  policy: "p",
  expected: { target: null, policy: null },
  findings: null,
  approved: null,
  state: "ended",
  step: null,
  outcome: "merged",
  gate,
  merge: null,
  error: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

test("the logs of gates that decided about no merge do not pile up, and the one that did stays", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  mkdirSync(root.run.gates, { recursive: true });
  const names = Array.from({ length: 130 }, (_, index) => `gate-${index}`);
  // The first are the oldest.
  for (const [index, name] of ["gate-shown", ...names].entries()) {
    writeFileSync(gateLogPath(root, name), "said");
    utimesSync(gateLogPath(root, name), index, index);
  }
  await openMergeStore({ root, log }).write(ended);
  const left = readdirSync(root.run.gates).toSorted();
  expect(left).toEqual(["gate-shown", ...names.slice(30)].map((name) => `${name}.log`).toSorted());
});
