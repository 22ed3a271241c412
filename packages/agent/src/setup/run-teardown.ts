import { composeAgent, type Composition } from "../compose-agent.ts";
import { installSignals } from "../shutdown.ts";
import { tearDown } from "./tear-down.ts";

const NO_SIGNAL = () => {};

/** The whole life of a process that only takes a session down, before its directory goes. Returns the exit code. */
export async function runTeardown(start: Omit<Composition, "ending" | "onTrouble">): Promise<number> {
  const ending = new AbortController();
  const context = await composeAgent({ ...start, ending: ending.signal, onTrouble: NO_SIGNAL });
  const { processes, status, storage } = context;
  installSignals({ onWake: NO_SIGNAL, onPark: NO_SIGNAL, onStop: () => ending.abort() });
  await processes.sweepLeftovers();
  const succeeded = await tearDown(context, ending.signal);
  const reason = succeeded ? "taken down" : `The teardown failed. ${status.current().teardown?.reason ?? ""}`.trim();
  status.apply({ type: "agent.changed", agent: succeeded ? "exited" : "failed", reason });
  await storage.persist(() => status.flush());
  return succeeded ? 0 : 1;
}
