import { HarnessError } from "@harness/core";
import { openSandbox, type Probe, type Sandbox } from "@harness/sandbox";
import type { Context } from "../../context.ts";
import { detectWall } from "../../worktrees/wall.ts";

/** The wall around a gate, which runs what sessions wrote. Throws `sandbox-unavailable`. */
export async function findSandbox({ config }: Pick<Context, "config">): Promise<Sandbox> {
  const wish = config.defaults.sandbox ?? "auto";
  if (wish !== "auto") return openSandbox(wish);
  const { sandbox, probe } = await detectWall();
  requireWall(probe);
  return sandbox;
}

// As for sessions: without a wall only where a person has asked for that, and `auto` is not asking.
function requireWall(probe: Probe): void {
  if (probe.works) return;
  throw new HarnessError(
    "sandbox-unavailable",
    `No sandbox works on this machine, and what sessions wrote could read and change whatever you can: ${probe.why}`,
    { hint: `${probe.hint} Or ask for none: \`defaults: { sandbox: none }\` in config.yaml; each merge then says so.` },
  );
}
