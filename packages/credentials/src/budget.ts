import type { Budget, Spent } from "./protocol.ts";

/** Why a session may not call any more; null while it may. Pure. */
export function whySpent(budget: Budget | undefined, spent: Spent): string | null {
  const tokens = spent.inputTokens + spent.outputTokens;
  if (budget?.tokens !== undefined && tokens >= budget.tokens)
    return `The budget of this session is spent: ${tokens} of ${budget.tokens} tokens.`;
  if (budget?.bytes !== undefined && spent.bytes >= budget.bytes)
    return `The budget of this session is spent: ${spent.bytes} of ${budget.bytes} bytes.`;
  return null;
}
