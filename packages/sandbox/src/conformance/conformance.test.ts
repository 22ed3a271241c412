import { requireTool } from "@harness/core/testing";
import { expect, it } from "vitest";
import { createBubblewrap } from "../bubblewrap/bubblewrap.ts";
import { createNone } from "../none.ts";
import { ATTEMPTS } from "./attempts.ts";
import { runSandboxConformance } from "./run-conformance.ts";

it("no attempt gets through bubblewrap", async () => {
  if (!requireTool("bwrap")) return;
  const { attempts } = await runSandboxConformance({ sandbox: createBubblewrap() });
  expect(attempts.filter(({ passed }) => !passed)).toEqual([]);
  expect(attempts).toHaveLength(ATTEMPTS.length);
});

it("every attempt gets through where there is no wall", async () => {
  const { attempts } = await runSandboxConformance({ sandbox: createNone() });
  expect(attempts.filter(({ passed }) => passed).map(({ name }) => name)).toEqual([]);
});
