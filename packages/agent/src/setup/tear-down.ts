import type { AgentContext } from "../agent-context.ts";
import { carryOut } from "./carry-out.ts";

/** Takes down what the setup, and the session after it, put up. Its failure stops nothing: it is in the status. */
export async function tearDown(context: AgentContext, signal: AbortSignal): Promise<boolean> {
  const { setup: plan, status } = context;
  const { setup, teardown } = status.current();
  if (plan?.teardown === undefined || teardown?.state === "succeeded") return true;
  // Where a setup was to come first and never began there is nothing to take down.
  if (plan.setup !== undefined && setup === undefined) return true;
  const { teardown: task, request } = plan;
  const ended = await carryOut(context, { what: "teardown", task, request, signal, isHalted: () => false });
  return ended?.state === "succeeded";
}
