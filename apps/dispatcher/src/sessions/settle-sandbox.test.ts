import type { Probe } from "@harness/sandbox";
import { expect, test } from "vitest";
import type { SessionPlan } from "./plan-session.ts";
import { settleSandbox } from "./settle-sandbox.ts";

const works: Probe = { works: true, gaps: [] };
const fails: Probe = { works: false, why: "bubblewrap is not installed.", hint: "Install it." };
const plan = (sandbox: string, driver: string): SessionPlan => ({
  spec: { v: 1, id: "abcdefghij", agent: { driver }, sandbox },
  notes: [],
});

test.each([
  ["auto", "pi", works, "auto"],
  ["auto", "scripted", works, "auto"],
  ["auto", "scripted", fails, "none"],
  ["none", "pi", fails, "none"],
  ["bubblewrap", "pi", fails, "bubblewrap"],
] as const)("%s for %s comes to what was asked for", (sandbox, driver, probe, expected) => {
  expect(settleSandbox(plan(sandbox, driver), probe).spec.sandbox).toBe(expected);
});

test.each(["pi", "acp", "command"])("nobody gets %s without a wall by asking for the strongest one", (driver) => {
  expect(() => settleSandbox(plan("auto", driver), fails)).toThrow(
    expect.objectContaining({ code: "sandbox-unavailable", hint: expect.stringContaining("--sandbox none") }),
  );
});

test.each(["none", "list"])("a network of %s is not promised where nothing keeps it", (network) => {
  const wish = plan("none", "pi");
  const session: SessionPlan = { ...wish, spec: { ...wish.spec, network } };
  expect(() => settleSandbox(session, works)).toThrow(expect.objectContaining({ code: "sandbox-unavailable" }));
});
