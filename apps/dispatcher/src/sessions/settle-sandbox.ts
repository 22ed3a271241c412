import { HarnessError } from "@harness/core";
import type { Probe } from "@harness/sandbox";
import type { SessionPlan } from "./plan-session.ts";

/**
 * Holds a plan against what this machine has. A coding agent runs without a wall only where a person has asked for that:
 * `auto` is not asking. A script does what its person wrote and runs as it can. Pure. Throws `sandbox-unavailable`.
 */
export function settleSandbox(plan: SessionPlan, probe: Probe): SessionPlan {
  const settled = settle(plan, probe);
  const { sandbox, network } = settled.spec;
  if (sandbox !== "none" || (network !== "none" && network !== "list")) return settled;
  throw new HarnessError("sandbox-unavailable", "Without a sandbox nothing keeps the coding agent off the network.", {
    hint: "Install bubblewrap, or choose --network host.",
  });
}

function settle(plan: SessionPlan, probe: Probe): SessionPlan {
  if (plan.spec.sandbox !== "auto" || probe.works) return plan;
  if (plan.spec.agent.driver === "scripted") return { ...plan, spec: { ...plan.spec, sandbox: "none" } };
  throw new HarnessError(
    "sandbox-unavailable",
    `No sandbox works on this machine, and the coding agent could read and change whatever you can: ${probe.why}`,
    {
      hint: `${probe.hint} Or ask for none: --sandbox none, or \`defaults: { sandbox: none }\` in config.yaml.`,
    },
  );
}
