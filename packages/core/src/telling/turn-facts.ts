import type { Usage, WorktreeFacts } from "../schema/turn.ts";
import { amount } from "./cut.ts";

/** What a turn did and cost, a line each: `2 files changed, HEAD moved to 1a2b3c4`. */
export function turnFacts({ worktree, usage }: { worktree?: WorktreeFacts; usage?: Usage }): string[] {
  return [...(worktree === undefined ? [] : [worktreeText(worktree)]), usageText(usage ?? {})].filter(Boolean);
}

function worktreeText({ changed, more, moved, head }: WorktreeFacts): string {
  const least = more === true ? "at least " : "";
  const files = changed === 0 && least === "" ? "no file changed" : `${least}${amount(changed, "file")} changed`;
  if (!moved) return files;
  return head === undefined ? `${files}, HEAD names no commit any more` : `${files}, HEAD moved to ${head.slice(0, 7)}`;
}

function usageText({ inputTokens, outputTokens, costUsd }: Usage): string {
  // A model that answered nothing took nothing.
  if (!inputTokens && !outputTokens && !costUsd) return "";
  return [
    inputTokens === undefined ? "" : `${amount(inputTokens, "token")} in`,
    outputTokens === undefined ? "" : `${amount(outputTokens, "token")} out`,
    costUsd === undefined ? "" : `$${costUsd.toFixed(costUsd < 0.1 ? 4 : 2)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

const OUTCOMES: Record<string, string> = {
  ok: "answered",
  refused: "refused the call",
  broken: "broke the answer off",
  aborted: "was hung up on",
};

/** `The model endpoint refused the call with HTTP 429: slow down` */
export function modelCallText(call: { outcome: string; status?: number; text?: string }): string {
  const status = call.status === undefined ? "" : ` with HTTP ${call.status}`;
  const known = Object.hasOwn(OUTCOMES, call.outcome) ? OUTCOMES[call.outcome] : call.outcome;
  // Without a status nothing came that could be broken off.
  const what = call.outcome === "broken" && call.status === undefined ? "gave no answer" : known;
  return `The model endpoint ${what}${status}${call.text ? `: ${call.text}` : "."}`;
}
