import { runAgentConformance } from "@harness/core/conformance";
import { expect, it } from "vitest";
import { LAUNCHER } from "./agent-process.ts";

it("our own agent process keeps the protocol", async () => {
  const report = await runAgentConformance({
    command: [LAUNCHER],
    patience: 4,
    parallel: 4,
    path: process.env["PATH"] ?? "",
  });
  expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(report.passed).toBe(true);
}, 240_000);
