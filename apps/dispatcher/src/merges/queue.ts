import { HarnessError, toErrorRecord } from "@harness/core";
import type { Context } from "../context.ts";
import { findRecord } from "../worktrees/record.ts";
import { createSerial } from "../serial.ts";
import { endItem } from "./end-item.ts";
import { approveItem, type EnqueueInput, enqueueMerges } from "./enqueue.ts";
import { tidyGates } from "./gate/tidy-gates.ts";
import type { GateVerdicts } from "./gate/judge-gate.ts";
import { isSettled, type MergeItem } from "./item.ts";
import type { QueueParts } from "./queue-parts.ts";
import { type BatchParts, runBatch } from "./run-batch.ts";
import { openMergeStore } from "./store.ts";

const BATCH = 20;
const RETRY_MS = 2000;

/** Merges wait here for their turn: one batch at a time per target, in the order in which they were asked for. */
export interface MergeQueue {
  /** Throws what `enqueueMerges` throws. */
  enqueue(input: EnqueueInput): Promise<MergeItem[]>;
  /** Oldest first. */
  list(): MergeItem[];
  /** Throws `merge-not-found`. */
  get(id: string): MergeItem;
  /** Takes one out that has not begun. Throws `merge-not-waiting`. */
  cancel(id: string): Promise<MergeItem>;
  /** Says yes to what was found in exactly this commit. Throws `merge-not-waiting`, `review-stale`. */
  approve(id: string, approval: { tip: string; digest?: string | undefined }): Promise<MergeItem>;
  /** Resolves when it has ended or waits for a person, and at the latest when `signal` aborts. */
  settled(id: string, signal: AbortSignal): Promise<MergeItem>;
  /** Takes over what an earlier dispatcher left. */
  start(): Promise<void>;
  /** What runs stops where the next dispatcher can begin again. */
  close(): Promise<void>;
}

export function createMergeQueue(context: Context, onStep: BatchParts["onStep"] = () => {}): MergeQueue {
  const store = openMergeStore(context);
  const listeners = new Set<(item: MergeItem) => void>();
  const closing = new AbortController();
  const verdicts: GateVerdicts = new Map();
  const inLane = createSerial();
  const running = new Set<Promise<void>>();

  const change: QueueParts["change"] = async (item, changes) => {
    const fresh = await store.write({ ...(store.find(item.id) ?? item), ...changes });
    context.feed.publish({ type: "merge.changed", merge: fresh });
    for (const listener of listeners) listener(fresh);
    return fresh;
  };
  // What is asked for at the same time is put into the queue one after the other; what takes long does not stop the rest.
  const inOrder = createSerial();
  const exclusively = <T>(work: () => Promise<T>) => inOrder("items", work);
  const parts: BatchParts = { context, store, change, exclusively, verdicts, signal: closing.signal, onStep };

  const kick = (lane: string) => {
    const work = inLane(lane, () => runLane(parts, lane)).catch((error: unknown) => {
      if (!closing.signal.aborted) context.log.error("a merge queue stopped", { lane, error });
    });
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const get = (id: string) => {
    const exact = store.find(id);
    const [found, other] = exact === null ? store.list().filter((item) => item.id.startsWith(id)) : [exact];
    if (found === undefined) throw new HarnessError("merge-not-found", `There is no merge ${id}.`);
    if (other !== undefined) throw new HarnessError("id-ambiguous", `Several merges begin with ${id}.`);
    return found;
  };
  const requireWaiting = (item: MergeItem, states: MergeItem["state"][]) => {
    if (states.includes(item.state)) return;
    const how = item.state === "ended" ? `has ended (${item.outcome})` : `is ${item.state}`;
    throw new HarnessError("merge-not-waiting", `The merge of session ${item.session} ${how}.`);
  };

  return {
    list: store.list,
    get,
    enqueue: (input) =>
      inOrder("enqueue", async () => {
        const items = await enqueueMerges(parts, input);
        for (const lane of new Set(items.filter(({ state }) => state === "queued").map(laneOf))) kick(lane);
        return items;
      }),
    cancel: (id) =>
      exclusively(async () => {
        const item = get(id);
        requireWaiting(item, ["queued", "needs approval"]);
        const error = new HarnessError("merge-cancelled", `The merge of session ${item.session} was cancelled.`);
        return endItem(parts, item, { outcome: "cancelled", error: toErrorRecord(error) });
      }),
    approve: (id, { tip, digest }) =>
      exclusively(async () => {
        const item = get(id);
        requireWaiting(item, ["needs approval"]);
        if (tip !== item.tip || (digest !== undefined && digest !== item.findings?.digest)) {
          const found = { tip: item.tip, digest: item.findings?.digest ?? null };
          const message = `What is approved is not what waits: that is ${item.tip}. Nothing was changed.`;
          throw new HarnessError("review-stale", message, { details: { expected: { tip, digest }, found } });
        }
        const approved = await approveItem(parts, item);
        kick(laneOf(approved));
        return approved;
      }),
    settled: (id, given) =>
      new Promise((resolve) => {
        const item = get(id);
        const signal = AbortSignal.any([given, closing.signal]);
        const finish = (last: MergeItem) => {
          listeners.delete(listener);
          signal.removeEventListener("abort", giveUp);
          resolve(last);
        };
        const listener = (told: MergeItem) => void (told.id === item.id && isSettled(told) && finish(told));
        const giveUp = () => finish(store.find(item.id) ?? item);
        if (isSettled(item) || signal.aborted) return resolve(item);
        listeners.add(listener);
        signal.addEventListener("abort", giveUp, { once: true });
      }),
    start: async () => {
      await tidyGates(context.root);
      for (const item of store.list()) {
        const isLost = item.state === "needs approval" && (await findRecord(context, item.session)) === null;
        if (isLost) await endItem(parts, item, { outcome: "cancelled", error: toErrorRecord(gone(item)) });
      }
      const open = store.list().filter(({ state }) => state === "queued" || state === "running");
      for (const lane of new Set(open.map(laneOf))) kick(lane);
    },
    close: async () => {
      closing.abort(new HarnessError("dispatcher-unreachable", "The dispatcher is stopping."));
      await Promise.all(running);
    },
  };
}

function gone({ session }: MergeItem): HarnessError {
  return new HarnessError("merge-cancelled", `Session ${session} was removed before anybody approved its merge.`);
}

function laneOf({ gitDirectory, into }: MergeItem): string {
  return JSON.stringify([gitDirectory, into]);
}

async function runLane(parts: BatchParts, lane: string): Promise<void> {
  const { context, signal, store } = parts;
  const mine = (state: MergeItem["state"]) =>
    store.list().filter((item) => item.state === state && laneOf(item) === lane);
  while (!signal.aborted) {
    try {
      // What a full disk, or an earlier dispatcher's end, left half done begins again.
      for (const item of mine("running")) await parts.change(item, { state: "queued", step: null });
      const waiting = mine("queued");
      if (waiting.length === 0) return;
      await runBatch(parts, waiting.slice(0, BATCH));
    } catch (error) {
      if (signal.aborted) throw error;
      context.log.error("a merge failed, and is looked at again", { lane, error });
      await context.clock.sleep(RETRY_MS, signal);
    }
  }
}
