import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { until } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import { PROGRAM_BUNDLE, testSession, treeOf } from "./agent-process.ts";

const PROGRAM = resolve(import.meta.dirname, "programs/acp-agent.ts");
const BESIDE_AGENT_MB = 25;
/** Enough for Node to take more memory for itself, again and again, unless it is kept from it. */
const TURNS = 150;
const MB = 1e6;
/** As bin/harness-agent sets it. */
const SMALL = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TOP_PAD_: "0",
};

function pssOf(pid: number): number {
  const found = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return Number(found?.[1]) * 1024;
}

describe("an agent process with an ACP agent", () => {
  it("keeps the SDK out of the bundle that every session carries", () => {
    expect(readFileSync(PROGRAM_BUNDLE, "utf8")).not.toMatch(/session\/request_permission|agentclientprotocol/);
    expect(readFileSync(resolve(PROGRAM_BUNDLE, "../acp-client.cjs"), "utf8")).toContain("session/request_permission");
  });

  it("is one small file: its source text is in memory for life", () => {
    expect(statSync(PROGRAM_BUNDLE).size).toBeLessThan(190_000);
  });

  it("asks for no `performance`: the first to do so loads all of node:perf_hooks", () => {
    expect(readFileSync(PROGRAM_BUNDLE, "utf8")).not.toMatch(/\bperformance\b|perf_hooks/);
  });

  it.runIf(existsSync("/proc/self/smaps_rollup"))(
    "stays small beside it, and gives the memory back after it has rested",
    async () => {
      await using session = await testSession({ agent: { driver: "acp", command: [process.execPath, PROGRAM] } });
      const run = await session.run({ env: SMALL });
      // One that never has a turn, to compare with.
      await using idler = await testSession();
      const idle = await idler.run({ env: SMALL });
      let most = 0;
      const watching = setInterval(() => (most = Math.max(most, pssOf(run.pid))), 20);
      const permission = { toolCall: {}, options: [] };
      const say = JSON.stringify([{ times: 300 }, { say: "x".repeat(20_000) }, { permission }, { permission: {} }]);
      for (let turn = 0; turn < TURNS; turn += 1) {
        const reply = await session.reply(await session.send(say));
        const text = expect.stringMatching(/"outcome":"cancelled".*-32602/);
        expect(reply).toMatchObject({ body: { stopReason: "end_turn", text } });
      }
      clearInterval(watching);
      expect(treeOf(session.id).length).toBeGreaterThan(0);
      await until(() => treeOf(session.id).length === 0, { timeoutMs: 50_000, what: "the agent to be closed" });
      // The memory is taken back right after.
      const [after, before] = await until(
        () => {
          const sizes = [pssOf(run.pid), pssOf(idle.pid)] as const;
          return sizes[0] < sizes[1] * 1.25 && sizes;
        },
        { timeoutMs: 20_000, what: `the process to shrink from ${most / MB} MB` },
      );
      console.log(`PSS in MB: at most ${most / MB}, after the rest ${after / MB}, idle ${before / MB}`);
      expect(most).toBeLessThan(BESIDE_AGENT_MB * MB);
      expect(readdirSync(`/proc/${run.pid}/fd`).length).toBeLessThan(40);
    },
    120_000,
  );
});
