import { HarnessError, isHarnessError, newSessionId, timestamp, toErrorRecord } from "@harness/core";
import { findSettings } from "../repositories/find-settings.ts";
import { findSession } from "../sessions/get.ts";
import { escapeLine } from "../worktrees/escape.ts";
import { importMirror } from "../worktrees/import.ts";
import type { How } from "../worktrees/merge-record.ts";
import { withMirror } from "../worktrees/mirror.ts";
import { pinCommit, unpinCommit } from "../worktrees/pin.ts";
import { readRecord, type WorktreeRecord } from "../worktrees/record.ts";
import { readTarget, type Target } from "../worktrees/target.ts";
import { checkExpectations, type Expectations } from "./expectations.ts";
import type { MergeItem } from "./item.ts";
import { endItem } from "./end-item.ts";
import { policyOf } from "./policy.ts";
import type { QueueParts } from "./queue-parts.ts";

export interface EnqueueInput {
  /** Ids, prefixes or names, in the order in which they are to come in. */
  sessions: readonly string[];
  into?: string | undefined;
  how?: How | undefined;
  message?: string | undefined;
  expect?: Expectations | undefined;
  /** The very commit whose payload a person has looked at. */
  allowRisky?: string | undefined;
}

interface Wish extends Omit<EnqueueInput, "sessions"> {
  record: WorktreeRecord;
  target: Target;
}

/**
 * Imports what each session has committed and puts it into the queue. What is merged is that commit, whatever the session
 * does meanwhile. Throws what is wrong with the only one; of several, each is told by itself.
 */
export async function enqueueMerges(parts: QueueParts, input: EnqueueInput): Promise<MergeItem[]> {
  const { context } = parts;
  const { sessions, ...rest } = input;
  const wishes: Wish[] = [];
  for (const session of sessions) {
    const record = await readRecord(context, findSession(context, session));
    wishes.push({ ...rest, record, target: await readTarget(context, record, input.into) });
  }
  const items: MergeItem[] = [];
  for (const wish of wishes) {
    try {
      items.push(await enqueueOne(parts, wish));
    } catch (error) {
      if (wishes.length === 1 || !isHarnessError(error)) throw error;
      const item = { ...blank(parts, wish), state: "ended" as const, outcome: "refused" as const };
      items.push(await parts.change(item, { error: toErrorRecord(error) }));
    }
  }
  return items;
}

async function enqueueOne(parts: QueueParts, wish: Wish): Promise<MergeItem> {
  const { context, store } = parts;
  const { record, target, expect = {}, allowRisky } = wish;
  const fresh = blank(parts, wish);
  const {
    branch,
    oid: tip,
    uncommitted,
  } = await withMirror(context, record.session, (mirror) => importMirror(context, mirror));
  checkExpectations(expect, { tip, target: target.oid, policy: fresh.policy }, record.session);
  if (allowRisky !== undefined && allowRisky !== tip) throw staleApproval(record.session, { tip, allowRisky });
  const wanted = {
    ...fresh,
    branch,
    tip,
    uncommitted,
    expected: { target: expect.target ?? null, policy: expect.policy ?? null },
  };
  await pinCommit(context, record.hub, { merge: fresh.id, commit: tip });
  return parts.exclusively(async () => {
    const { same, replaced } = findEarlier(store.list(), wanted);
    if (same !== null) {
      await unpinCommit(context, record.hub, fresh.id);
      return allowRisky === undefined ? same : approveItem(parts, same);
    }
    for (const item of replaced)
      await endItem(parts, item, { outcome: "cancelled", error: toErrorRecord(newer(item)) });
    const approved = allowRisky === undefined ? null : { tip, digest: null, policy: fresh.policy };
    return parts.change(wanted, { order: store.nextOrder(), approved });
  });
}

/** The very same merge, if it is asked for already, and those that a newer commit of the session replaces. */
function findEarlier(items: MergeItem[], wanted: MergeItem): { same: MergeItem | null; replaced: MergeItem[] } {
  const earlier = items.filter(
    ({ state, session, into }) => state !== "ended" && session === wanted.session && into === wanted.into,
  );
  const same = earlier.find((item) => isSame(item, wanted)) ?? null;
  return { same, replaced: same === null ? earlier.filter(({ state }) => state !== "running") : [] };
}

/** Says yes to exactly what was found. */
export async function approveItem(parts: QueueParts, item: MergeItem): Promise<MergeItem> {
  const digest = item.findings?.digest ?? null;
  const approved = { tip: item.tip, digest, policy: item.policy };
  return parts.change(item, { approved, ...(item.state === "needs approval" ? { state: "queued" } : {}) });
}

function blank({ context, store }: QueueParts, { record, target, how, message }: Wish): MergeItem {
  const now = timestamp();
  return {
    v: 1,
    id: newSessionId(),
    order: store.nextOrder(),
    session: record.session,
    repository: record.source,
    gitDirectory: record.gitDirectory,
    into: target.name,
    how: how ?? "merge-commit",
    message: message ?? null,
    branch: record.branch,
    tip: "",
    uncommitted: { modified: 0, untracked: 0 },
    policy: policyOf(findSettings(context, record.source)),
    expected: { target: null, policy: null },
    findings: null,
    approved: null,
    state: "queued",
    step: null,
    outcome: null,
    gate: null,
    merge: null,
    error: null,
    createdAt: now,
    updatedAt: now,
  };
}

function isSame(item: MergeItem, wanted: MergeItem): boolean {
  const facts = ({ tip, how, message, policy, expected }: MergeItem) =>
    JSON.stringify([tip, how, message, policy, expected.target, expected.policy]);
  return facts(item) === facts(wanted);
}

function newer({ session, tip }: MergeItem): HarnessError {
  const message = `The merge of ${tip} was replaced by a newer one of session ${session}.`;
  return new HarnessError("merge-cancelled", message, { hint: "`harness merges` shows the newer one." });
}

function staleApproval(session: string, { tip, allowRisky }: { tip: string; allowRisky: string }): HarnessError {
  return new HarnessError(
    "review-stale",
    `Session ${session} is at ${tip}, and ${escapeLine(allowRisky)} was approved. Nothing was changed.`,
    { details: { expected: { tip: allowRisky }, found: { tip } } },
  );
}
