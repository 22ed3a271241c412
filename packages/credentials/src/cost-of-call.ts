import type { CallLine } from "./ledger.ts";
import { estimateTokens, type Tokens } from "./meter-usage.ts";

/** What is known of a call that is over. */
export interface PassedCall {
  readonly outcome: CallLine["outcome"];
  readonly status: number | null;
  /** What the provider said that it has cost so far; null where it said nothing. */
  readonly said: Tokens | null;
  /** By the length of what came of the answer; null where none began. */
  readonly written: number | null;
  readonly requestBytes: number;
  /** All of the request was there. */
  readonly isSent: boolean;
}

type Cost = Pick<CallLine, "inputTokens" | "outputTokens" | "estimated">;

const NOTHING: Cost = { inputTokens: 0, outputTokens: 0 };

/**
 * What a call is taken to have cost. A provider says at the end what was written: of a call that was broken off before,
 * what came of it is counted by its length, and of one that was given up unanswered what it asked. Pure.
 */
export function costOfCall({ outcome, status, said, written, requestBytes, isSent }: PassedCall): Cost {
  const asked = estimateTokens(requestBytes);
  // The provider works on it by now.
  if (status === null)
    return outcome === "aborted" && isSent ? { ...NOTHING, inputTokens: asked, estimated: true } : NOTHING;
  if (status >= 300 || written === null) return NOTHING;
  if (said === null) return { inputTokens: asked, outputTokens: written, estimated: true };
  if (outcome === "answered" || written <= said.output) return { inputTokens: said.input, outputTokens: said.output };
  return { inputTokens: said.input, outputTokens: written, estimated: true };
}
