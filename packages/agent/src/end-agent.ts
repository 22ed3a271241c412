import type { ClaimedMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import type { Attendant } from "./attend.ts";
import { closeSession } from "./close-session.ts";
import type { Controls } from "./controls.ts";
import type { DriverHolder } from "./open-driver.ts";
import type { Prompts } from "./prompts.ts";
import { say } from "./say.ts";
import type { SetupGate } from "./setup/setup-gate.ts";
import { tearDown } from "./setup/tear-down.ts";

/** Why an agent process ends. */
export type End =
  | { readonly kind: "closed"; readonly message: ClaimedMessage }
  | { readonly kind: "parked" }
  /** What has to come before the first turn failed. */
  | { readonly kind: "unready"; readonly reason: string }
  | { readonly kind: "stopped"; readonly signal: NodeJS.Signals }
  /** The session's directory was moved, removed or replaced. */
  | { readonly kind: "gone" }
  | { readonly kind: "broken"; readonly error: unknown };

export interface EndingParts {
  readonly attendant: Attendant;
  readonly prompts: Prompts;
  readonly controls: Controls;
  readonly driver: DriverHolder;
  readonly gate: SetupGate;
  /** Aborts when somebody wants the process gone, whatever it does. */
  readonly ending: AbortSignal;
  /** From here on a failing disk is waited for no longer. */
  giveUpDisk(): void;
}

const LAST_WRITE_MS = 3_000;

/** Ends the coding agent, then writes why. Returns the exit code; throws what broke. */
export async function endAgent(context: AgentContext, end: End, parts: EndingParts): Promise<number> {
  const { status, record, processes } = context;
  if (end.kind !== "closed") parts.giveUpDisk();
  if (end.kind === "gone" || end.kind === "broken") processes.killNow();
  await within(haltAll(end, parts), end.kind === "closed" ? null : LAST_WRITE_MS);
  await processes.stop();
  switch (end.kind) {
    case "closed":
      await tearDown(context, parts.ending);
      await closeSession(context, end.message);
      return 0;
    case "parked":
      status.apply({ type: "agent.changed", agent: "parked" });
      record({ type: "session.parked" });
      break;
    case "unready":
      say(end.reason);
      status.apply({ type: "agent.changed", agent: "failed", reason: end.reason });
      record({ type: "session.exited", reason: end.reason });
      await within(status.flush(), LAST_WRITE_MS);
      return 1;
    case "stopped":
      status.apply({ type: "agent.changed", agent: "exited", reason: `stopped by ${end.signal}` });
      record({ type: "session.exited", reason: `stopped by ${end.signal}` });
      break;
    case "gone":
      context.place.require();
      return 1;
    case "broken":
      status.apply({ type: "agent.changed", agent: "failed", reason: String(end.error) });
      record({ type: "session.exited", reason: String(end.error) });
      await within(status.flush(), LAST_WRITE_MS);
      throw end.error;
  }
  await within(status.flush(), LAST_WRITE_MS);
  return 0;
}

async function haltAll(end: End, { attendant, prompts, controls, driver, gate }: EndingParts): Promise<void> {
  await Promise.all([attendant.halt(), prompts.halt(end.kind === "closed" ? "close" : "stop"), gate.halt()]);
  await controls.idle();
  await driver.close();
}

/** Waits for work, at most so long; what fails or takes longer is left as it is. */
async function within(work: Promise<unknown>, limitMs: number | null): Promise<void> {
  if (limitMs === null) {
    await work;
    return;
  }
  const limit = new Promise((resolve) => setTimeout(resolve, limitMs).unref());
  await Promise.race([work.catch(() => {}), limit]);
}
