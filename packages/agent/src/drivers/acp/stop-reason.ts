import type { StopReason, TurnFailure } from "@harness/core";
import { oneLine } from "./text.ts";

const KNOWN = ["end_turn", "max_tokens", "max_turn_requests", "refusal", "cancelled"] as const;

/** What the protocol's word for a turn's end means; a word that is not known is a failure. Pure. */
export function readStopReason(word: unknown): { stopReason: StopReason; failure?: TurnFailure } {
  const known = KNOWN.find((reason) => reason === word);
  if (known) return { stopReason: known };
  const said = typeof word === "string" ? JSON.stringify(oneLine(word, 100)) : "nothing";
  const text = `The coding agent ended the turn and gave ${said} as the reason, which is none of the protocol's.`;
  return { stopReason: "failed", failure: { code: "agent-failed", text } };
}
