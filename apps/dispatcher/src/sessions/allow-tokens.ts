import { readFileSync } from "node:fs";
import { HarnessError, type Wanted } from "@harness/core";
import { spentPath, type JobShare, type Spent } from "@harness/credentials";
import type { Context } from "../context.ts";
import { allowJob, jobSpending, shareOf } from "../credentials/job-budget.ts";
import { findSession } from "./get.ts";

export interface Allowed {
  readonly id: string;
  /** Whose tokens the others are; null for those of the session alone. */
  readonly job: string | null;
  readonly spent: number;
  readonly budget: number;
}

/**
 * Lets a session spend `tokens` more than it has spent, and where its job has a budget the job as much more in this period.
 * Throws `credential-not-found` where nobody counts.
 */
export async function allowTokens(context: Context, session: string, tokens: number): Promise<Allowed> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  const known = context.wanted.get(id);
  const counted = known === null ? null : findCounted(context, known);
  if (counted === null)
    throw new HarnessError("credential-not-found", `No credential worker answers for the session ${id}.`);
  const { directory, share, budget } = counted;
  await context.credentials.allow(counted.wanted);
  const now = new Date(context.clock.now());
  if (share !== undefined) await allowJob(directory, share, { tokens, now });
  if (share === undefined || budget !== undefined) return allowOwn(context, { id, directory, tokens });
  const { spent, limit } = jobSpending(directory, share, now);
  return { id, job: share.name, spent, budget: limit };
}

/** Where a budget that holds a session up is spent, lets as much again be spent as is configured. Does nothing where something is left. */
export async function allowAgain(context: Context, id: string): Promise<void> {
  const known = context.wanted.get(id);
  const counted = known === null ? null : findCounted(context, known);
  if (counted === null) return;
  const { directory, share, configured, budget } = counted;
  await context.credentials.allow(counted.wanted);
  if (budget !== undefined && spentTokens(directory, id) >= budget)
    await allowOwn(context, { id, directory, tokens: configured ?? budget });
  if (share === undefined) return;
  const now = new Date(context.clock.now());
  const { spent, limit } = jobSpending(directory, share, now);
  if (spent >= limit) await allowJob(directory, share, { tokens: share.tokens, now });
}

// What is configured may have changed since the session was granted what it has: it is granted that first.
interface Counted {
  readonly wanted: Wanted;
  readonly directory: string;
  readonly share: JobShare | undefined;
  readonly configured: number | undefined;
  /** What a person has said of this session comes before what is configured. */
  readonly budget: number | undefined;
}

function findCounted(context: Context, wanted: Wanted): Counted | null {
  const name = context.credentials.providerOf(wanted);
  if (name === null) return null;
  const provider = context.config.providers[name] ?? null;
  const configured = provider?.budget?.tokens;
  const { directory } = context.root.workerOf(name);
  return { wanted, directory, share: shareOf(wanted, provider), configured, budget: wanted.tokenBudget ?? configured };
}

async function allowOwn(
  context: Context,
  { id, directory, tokens }: { id: string; directory: string; tokens: number },
): Promise<Allowed> {
  const spent = spentTokens(directory, id);
  const wanted = await context.wanted.change(id, (before) => ({ ...before, tokenBudget: spent + tokens }));
  await context.credentials.allow(wanted);
  return { id, job: null, spent, budget: spent + tokens };
}

function spentTokens(directory: string, session: string): number {
  try {
    const { inputTokens, outputTokens } = JSON.parse(readFileSync(spentPath(directory, session), "utf8")) as Spent;
    return inputTokens + outputTokens;
  } catch {
    // It has not called yet.
    return 0;
  }
}
