import type { Wanted } from "@harness/core";
import { expect, test } from "vitest";
import { nextStep, type Step, type StepFacts } from "./next-step.ts";

const wanted = (word: Wanted["wanted"], more: Partial<Wanted> = {}): Wanted => ({
  v: 1,
  session: "s",
  wanted: word,
  generation: 1,
  restarts: [],
  updatedAt: "",
  ...more,
});
const living = { known: true, idle: false, quietScans: 0 };
const OVER = { overDisk: { bytes: 2, limit: 1 } };
const PAST = { wanted: wanted("run"), isPastWorker: true };
const rest = { process: null, isPastWorker: false, hasMail: false, isDue: true, hungScans: 60 };

test.each<[string, Partial<StepFacts> & { wanted: Wanted }, Step]>([
  ["wanted and not there: start", { wanted: wanted("run") }, "start"],
  ["wanted, but not yet after a failure", { wanted: wanted("run"), isDue: false }, "none"],
  ["given up", { wanted: wanted("run", { failed: "x" }) }, "none"],
  ["wanted and there", { wanted: wanted("run"), process: living }, "none"],
  ["there without proof of life", { wanted: wanted("run"), process: { ...living, quietScans: 60 } }, "end-hung"],
  ["parked and quiet", { wanted: wanted("parked") }, "none"],
  ["parked with mail", { wanted: wanted("parked"), hasMail: true }, "wake"],
  ["to be parked, at work", { wanted: wanted("parked"), process: living }, "none"],
  ["to be parked, idle", { wanted: wanted("parked"), process: { ...living, idle: true } }, "park"],
  [
    "started without the credential worker that there is now, idle",
    { ...PAST, process: { ...living, idle: true } },
    "park",
  ],
  ["started without the credential worker that there is now, at work", { ...PAST, process: living }, "none"],
  ["stopped with mail", { wanted: wanted("stopped"), hasMail: true }, "none"],
  ["to be stopped, still there", { wanted: wanted("stopped"), process: living }, "stop"],
  ["stopped, then started by hand", { wanted: wanted("stopped"), process: { ...living, known: false } }, "accept"],
  [
    "parked, then started by hand",
    { wanted: wanted("parked"), process: { ...living, known: false, idle: true } },
    "accept",
  ],
  ["closed with mail", { wanted: wanted("closed"), hasMail: true }, "none"],
  ["over its disk, at work", { wanted: wanted("run", OVER), process: living }, "stop"],
  ["over its disk, not there", { wanted: wanted("run", OVER) }, "none"],
  ["over its disk, parked with mail", { wanted: wanted("parked", OVER), hasMail: true }, "none"],
  ["closing", { wanted: wanted("closed"), process: living }, "none"],
])("%s", (_name, facts, step) => {
  expect(nextStep({ ...rest, ...facts })).toBe(step);
});
