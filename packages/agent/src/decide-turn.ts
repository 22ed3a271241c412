import type { StopReason, TurnFailure, Usage, WorktreeFacts } from "@harness/core";
import { STOP_REASONS, type AbortCause } from "./limits.ts";
import type { TurnResult } from "./reply.ts";

/** Everything that says what came of a turn. */
export interface TurnFacts {
  /** The driver's own word. */
  readonly end: {
    readonly stopReason: StopReason;
    readonly note?: string;
    readonly usage?: Usage;
    readonly failure?: TurnFailure;
  };
  /** Why the turn was stopped, where it was. */
  readonly cause: AbortCause | null;
  /** What the deadline said that stopped it. */
  readonly overdue?: TurnFailure | undefined;
  readonly text: string;
  /** How many tool calls were told. */
  readonly tools: number;
  /** The driver tells everything: where nothing was told, nothing was done. */
  readonly narrates: boolean;
  /** Why the last model calls failed, where no later one made up for it. */
  readonly model: TurnFailure | null;
  /** Null where there is no worktree. */
  readonly worktree: WorktreeFacts | null;
}

/**
 * What a turn came to. Whoever stopped it decides; then the model endpoint, whose failures some coding agents end as if all
 * were well; then the coding agent's own word, unless there is nothing to show for it. Pure.
 */
export function decideTurn(facts: TurnFacts): TurnResult {
  const { end, cause, model } = facts;
  const { usage } = end;
  const worktree = facts.worktree ?? undefined;
  if (cause !== null) {
    const failure = cause === "retries" ? (model ?? undefined) : cause === "time" ? facts.overdue : undefined;
    return { stopReason: STOP_REASONS[cause], text: facts.text, usage, failure, worktree };
  }
  const failure = findFailure(facts);
  const stopReason = end.stopReason === "end_turn" && failure ? "failed" : end.stopReason;
  return { stopReason, text: withNote(facts), usage, failure, worktree };
}

function findFailure(facts: TurnFacts): TurnFailure | undefined {
  const { end, model } = facts;
  if (end.stopReason === "end_turn") return model ?? (isEmpty(facts) ? EMPTY : undefined);
  // A crash explains itself, whatever the model said before.
  const explained = end.stopReason === "failed" && end.failure?.code !== "agent-crashed";
  return (explained ? model : null) ?? end.failure ?? told(end);
}

// A driver that has no code for it says it in words.
function told({ stopReason, note }: TurnFacts["end"]): TurnFailure | undefined {
  return stopReason === "failed" && note ? { code: "agent-failed", text: note } : undefined;
}

const EMPTY: TurnFailure = {
  code: "empty-turn",
  text: "The coding agent ended its turn without a word, a tool call or a change in the worktree.",
};

function isEmpty({ narrates, text, end, tools, worktree }: TurnFacts): boolean {
  if (!narrates || tools > 0 || `${text}${end.note ?? ""}`.trim() !== "") return false;
  return worktree === null || (!worktree.moved && worktree.changed === 0 && worktree.more !== true);
}

function withNote({ text, end: { note } }: TurnFacts): string {
  if (!note) return text;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${note}`;
}
