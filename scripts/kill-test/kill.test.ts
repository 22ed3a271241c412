import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runKillTest } from "./rounds.ts";

test("nothing is lost or handled twice while agent processes and the dispatcher are killed during 500 messages", async () => {
  const home = mkdtempSync(join(tmpdir(), "harness-kill-"));
  const seed = Date.now() % 1_000_000;
  const report = await runKillTest({ home, sessions: 5, messages: 500, kills: 60, seed });
  expect(report.broken, `seed ${seed}, state root ${home}`).toEqual([]);
  expect(report.accepted).toBe(500);
  expect(report.handled + report.givenUp).toBe(500);
  expect(report.agentKills).toBeGreaterThan(10);
  expect(report.dispatcherKills).toBeGreaterThan(3);
  rmSync(home, { recursive: true, force: true });
}, 600_000);
