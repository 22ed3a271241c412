import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeJsonFile, type Wanted } from "@harness/core";
import {
  grantPath,
  jobKey,
  periodOf,
  readAllowance,
  spentPath,
  type JobAllowance,
  type JobShare,
  type Spent,
} from "@harness/credentials";
import type { Provider } from "../providers/built-in.ts";

/** What the sessions of this one's job may spend together; undefined where it has none, or its provider sets no such budget. */
export function shareOf({ job }: Wanted, provider: Provider | null): JobShare | undefined {
  const perJob = provider?.budget?.perJob;
  return job === undefined || perJob === undefined ? undefined : { name: job, ...perJob };
}

/** What they have spent in this period and what they may, in tokens. */
export function jobSpending(directory: string, share: JobShare, now: Date): { spent: number; limit: number } {
  const limit = share.tokens + readAllowance(directory, share, now);
  try {
    const found = JSON.parse(readFileSync(spentPath(directory, jobKey(share)), "utf8")) as Spent;
    return { spent: found.period === periodOf(share.every, now) ? found.inputTokens + found.outputTokens : 0, limit };
  } catch {
    // None of them has called yet.
    return { spent: 0, limit };
  }
}

/** Lets them spend `tokens` more than they have spent, until the period ends. */
export async function allowJob(directory: string, share: JobShare, more: { tokens: number; now: Date }): Promise<void> {
  const { tokens, now } = more;
  const { spent, limit } = jobSpending(directory, share, now);
  const wanted = Math.max(limit, spent + tokens);
  const path = grantPath(directory, jobKey(share));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await writeJsonFile(path, {
    v: 1,
    period: periodOf(share.every, now),
    tokens: wanted - share.tokens,
  } satisfies JobAllowance);
}
