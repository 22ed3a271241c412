import { HarnessError, isHarnessError, toErrorRecord } from "@harness/core";
import { findSettings } from "../repositories/find-settings.ts";
import type { Link } from "../worktrees/land-merges.ts";
import { mergeCandidates, type Settled } from "../worktrees/merge.ts";
import { pinRef } from "../worktrees/pin.ts";
import type { Candidate } from "../worktrees/prepare-merge.ts";
import { readRecord } from "../worktrees/record.ts";
import type { Target } from "../worktrees/target.ts";
import type { Step } from "../worktrees/update-target.ts";
import { isApproved } from "./approval.ts";
import { endItem } from "./end-item.ts";
import { checkExpectations } from "./expectations.ts";
import { describeRed } from "./gate/describe-gate.ts";
import { createGateJudge, type GateVerdicts } from "./gate/judge-gate.ts";
import type { MergeItem } from "./item.ts";
import { policyOf } from "./policy.ts";
import type { QueueParts } from "./queue-parts.ts";
import { scanPayload } from "./risk/scan-payload.ts";
import { type ConflictFacts, tellConflict } from "./tell-conflict.ts";

export type QueueStep = Parameters<Step>[0] | "admitted" | "judged" | "settled";

export interface BatchParts extends QueueParts {
  verdicts: GateVerdicts;
  signal: AbortSignal;
  /** Told after each step that a crash may follow. For tests. */
  onStep(step: QueueStep): void | Promise<void>;
}

/** The items of one batch as they are by now, by the candidate that each has become. */
type Batch = Map<Candidate, MergeItem>;

/**
 * Tries the first merges of one target together: one look at each, one run of the gate for all of them. Every item ends,
 * waits for a person, or is back in the queue; at least one is not in the queue any more.
 */
export async function runBatch(parts: BatchParts, items: readonly MergeItem[]): Promise<void> {
  const { context, signal, onStep } = parts;
  const batch = await claim(parts, items);
  const [first] = items;
  if (first === undefined || batch.size === 0) return;
  const settings = findSettings(context, first.repository);
  const policy = policyOf(settings);
  const judgeGate = createGateJudge(parts, settings);
  try {
    const settled = await mergeCandidates(context, {
      into: first.into,
      candidates: [...batch.keys()],
      admit: async (link, target) => {
        const isAdmitted = await admit(parts, { batch, link, target, policy });
        await onStep("admitted");
        return isAdmitted;
      },
      judge: async (links, target) => {
        if (settings?.gate !== undefined)
          for (const link of links) await update(parts, { batch, link }, { step: "gate" });
        const { landing, runs } = await judgeGate(links, target);
        for (const [index, link] of links.entries()) {
          const run = runs[index] ?? null;
          if (index < landing.good) await update(parts, { batch, link }, { step: "landing", gate: run });
          if (index === landing.bad && run !== null) await endRed(parts, { batch, link, run, ...landing });
        }
        await onStep("judged");
        signal.throwIfAborted();
        return landing.good;
      },
      onStep,
    });
    for (const [index, candidate] of [...batch.keys()].entries())
      await settle(parts, { batch, candidate, settled: settled[index] ?? null });
  } catch (error) {
    // The next dispatcher finds them as they are, and begins again.
    if (signal.aborted) throw error;
    for (const item of batch.values())
      if (item.state === "running") await endItem(parts, item, { outcome: "refused", error: toErrorRecord(error) });
    if (!isHarnessError(error)) throw error;
  }
  await onStep("settled");
}

// Somebody may have cancelled one since the queue was looked at.
async function claim(parts: BatchParts, items: readonly MergeItem[]): Promise<Batch> {
  return parts.exclusively(async () => {
    const batch: Batch = new Map();
    for (const { id } of items) {
      const item = parts.store.find(id);
      if (item?.state !== "queued") continue;
      const candidate = await becomeCandidate(parts, item);
      if (candidate !== null) batch.set(candidate, await parts.change(item, { state: "running", step: "planning" }));
    }
    return batch;
  });
}

async function becomeCandidate(parts: BatchParts, item: MergeItem): Promise<Candidate | null> {
  const { id, session, how, branch, tip, uncommitted } = item;
  try {
    const record = await readRecord(parts.context, session);
    const imported = { branch, oid: tip, ref: pinRef(id), uncommitted };
    return { record, imported, how, message: item.message ?? undefined, since: item.createdAt };
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    // The session was removed meanwhile; what it did was kept elsewhere.
    await endItem(parts, item, { outcome: "refused", error: toErrorRecord(error) });
    return null;
  }
}

interface Admission {
  batch: Batch;
  link: Link;
  target: Target;
  policy: string;
}

async function admit(parts: BatchParts, { batch, link, policy }: Admission): Promise<boolean> {
  const { candidate, from, commit } = link;
  const item = itemOf(batch, candidate);
  // It was decided about before the target moved.
  if (item.state !== "running") return false;
  const { hub, session } = candidate.record;
  const { target, policy: rules } = item.expected;
  try {
    const expected = { target: target ?? undefined, policy: rules ?? undefined };
    checkExpectations(expected, { tip: item.tip, target: from, policy }, session);
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    batch.set(candidate, await endItem(parts, item, { outcome: "refused", error: toErrorRecord(error) }));
    return false;
  }
  const findings = await scanPayload(parts.context, { gitDirectory: hub, from, to: commit, tip: item.tip });
  const judged = { ...item, policy };
  if (!isApproved(judged, findings)) {
    await update(parts, { batch, link }, { policy, findings, approved: null, state: "needs approval", step: null });
    return false;
  }
  const approved = item.approved === null ? null : { ...item.approved, digest: findings.digest };
  await update(parts, { batch, link }, { policy, findings, approved });
  return true;
}

type Red = { batch: Batch; link: Link; run: NonNullable<MergeItem["gate"]>; isTargetRed: boolean };

async function endRed(parts: BatchParts, { batch, link, run, isTargetRed }: Red): Promise<void> {
  const item = itemOf(batch, link.candidate);
  const error = toErrorRecord(describeRed(item, run, isTargetRed));
  batch.set(link.candidate, await endItem(parts, item, { outcome: "gate failed", gate: run, error }));
}

async function settle(
  parts: BatchParts,
  { batch, candidate, settled }: { batch: Batch; candidate: Candidate; settled: Settled },
): Promise<void> {
  const item = itemOf(batch, candidate);
  if (item.state !== "running") return;
  if (settled === null) {
    await parts.change(item, { state: "queued", step: null });
  } else if (!isHarnessError(settled)) {
    await endItem(parts, item, { outcome: settled.outcome, merge: settled });
  } else if (settled.code === "merge-conflict") {
    const told = await tellConflict(parts.context, item, settled.details as unknown as ConflictFacts);
    const error = toErrorRecord(withNews(settled, told));
    await endItem(parts, item, { outcome: "conflict", error });
  } else {
    await endItem(parts, item, { outcome: "refused", error: toErrorRecord(settled) });
  }
}

function withNews(error: HarnessError, told: boolean): HarnessError {
  if (!told) return error;
  const hint = "The session was told what it conflicts with. Merge again when it has resolved it.";
  return new HarnessError(error.code, error.message, { hint, details: error.details });
}

async function update(
  parts: BatchParts,
  { batch, link }: { batch: Batch; link: Link },
  changes: Partial<MergeItem>,
): Promise<void> {
  batch.set(link.candidate, await parts.change(itemOf(batch, link.candidate), changes));
}

function itemOf(batch: Batch, candidate: Candidate): MergeItem {
  const item = batch.get(candidate);
  if (item === undefined) throw new HarnessError("internal", "A candidate is not of this batch.");
  return item;
}
