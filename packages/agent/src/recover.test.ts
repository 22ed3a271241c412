import { expect, it } from "vitest";
import { planRecovery } from "./recover.ts";

const left = { started: true, attempt: 1, reported: false, interrupted: false };

it.each([
  ["was not begun", { started: false }, "run"],
  ["was begun", {}, "resume"],
  ["was reported", { reported: true }, "finish"],
  ["was reported and not begun", { reported: true, started: false }, "finish"],
  ["was counted again and not begun", { started: false, attempt: 2 }, "resume-uncounted"],
  ["was begun a second time", { attempt: 2 }, "resume"],
  ["was begun a third time", { attempt: 3 }, "give-up"],
  ["was interrupted on purpose", { interrupted: true }, "resume-uncounted"],
  ["was interrupted on purpose in its third attempt", { interrupted: true, attempt: 3 }, "resume-uncounted"],
])("a message that %s", (_, facts, plan) => {
  expect(planRecovery({ ...left, ...facts })).toBe(plan);
});
