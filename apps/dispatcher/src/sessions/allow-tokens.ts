import { readFileSync } from "node:fs";
import { HarnessError } from "@harness/core";
import { spentPath, type Spent } from "@harness/credentials";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";

/** Lets a session spend `tokens` more than it has spent. Throws `credential-not-found` where nobody counts. */
export async function allowTokens(
  context: Context,
  session: string,
  tokens: number,
): Promise<{ id: string; spent: number; budget: number }> {
  context.supervisor.requireStorage();
  const id = findSession(context, session);
  const known = context.wanted.get(id);
  const provider = known === null ? null : context.credentials.providerOf(known);
  if (provider === null)
    throw new HarnessError("credential-not-found", `No credential worker answers for the session ${id}.`);
  const spent = spentTokens(context.root.workerOf(provider).directory, id);
  const wanted = await context.wanted.change(id, (before) => ({ ...before, tokenBudget: spent + tokens }));
  await context.credentials.allow(wanted);
  return { id, spent, budget: spent + tokens };
}

/** Lets a session that has spent its budget spend as much again as it is configured. Does nothing where something is left. */
export async function allowAgain(context: Context, id: string): Promise<void> {
  const known = context.wanted.get(id);
  const provider = known === null ? null : context.credentials.providerOf(known);
  if (known === null || provider === null) return;
  const configured = context.config.providers[provider]?.budget?.tokens;
  const budget = known.tokenBudget ?? configured;
  if (budget === undefined || spentTokens(context.root.workerOf(provider).directory, id) < budget) return;
  await allowTokens(context, id, configured ?? budget);
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
