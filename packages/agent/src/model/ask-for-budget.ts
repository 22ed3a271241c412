import type { Clock } from "@harness/core";
import type { Answer, AskRequest } from "../drivers/driver.ts";
import type { ModelCalls } from "./model-calls.ts";

export interface BudgetAsking {
  readonly calls: Pick<ModelCalls, "followHolds" | "refuse">;
  readonly clock: Clock;
  /** The turn that runs. */
  turn(): string | null;
  ask(request: AskRequest, signal: AbortSignal): Promise<Answer>;
}

const OPTIONS = [
  { id: "allow", label: "Allow as much again", kind: "allow_once" },
  { id: "deny", label: "Let the turn fail", kind: "reject_once" },
];
/** Apart from the questions that a coding agent asks: theirs are counted from 1. */
const FIRST_POSITION = 1_000_000;

/**
 * Asks the person, once for all calls that wait for it, whether the session may spend more than its budget. The dispatcher
 * gives it more, and the credential worker lets the calls go on; here nothing is allowed. Denied, or not answered in time,
 * the calls of this turn are refused.
 */
export function askForBudget({ calls, clock, turn, ask }: BudgetAsking): void {
  const waiting = new Set<number>();
  let asking: AbortController | null = null;
  let denied: string | null = null;

  async function put(text: string, deadlineMs: number): Promise<void> {
    const over = new AbortController();
    asking = over;
    const asked = turn();
    // Another one each time: what an earlier attempt of the turn asked may be past its deadline.
    const position = FIRST_POSITION + Math.floor(clock.now() / 1000);
    const about = "budget" as const;
    const request = { kind: "permission" as const, about, text, options: OPTIONS, deadlineMs, position };
    try {
      if ((await ask(request, over.signal)).outcome === "answered") return;
    } catch {
      // What cannot be asked, for want of a disk, is not answered either.
    } finally {
      asking = null;
    }
    if (!over.signal.aborted) denied = asked;
    for (const call of waiting) calls.refuse(call);
  }

  calls.followHolds((line) => {
    if (line.type === "released") {
      waiting.delete(line.call);
      // Somebody allowed it without an answer. A client that went away may come back.
      if (waiting.size === 0 && line.answered) asking?.abort();
      return;
    }
    if (denied !== null && denied === turn()) return calls.refuse(line.call);
    waiting.add(line.call);
    if (asking === null) void put(`${line.text} May it spend as much again?`, line.holdMs);
  });
}
