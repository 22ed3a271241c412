import { listSessionIds, type Wanted } from "@harness/core";
import type { Context } from "../context.ts";
import { without } from "../without.ts";
import { quotaOf } from "./quota-of.ts";

interface Options {
  everyMs: number;
  signal: AbortSignal;
}

/** Stops sessions that take more of the disk than they may, and lets them go on when they do not. Ends with the signal. */
export async function keepQuotas(context: Context, { everyMs, signal }: Options): Promise<void> {
  const { clock, log, root } = context;
  while (!signal.aborted) {
    try {
      for (const id of listSessionIds(root)) {
        if (signal.aborted) return;
        await keepQuota(context, id, signal);
      }
    } catch (error) {
      log.warn("the disk quotas could not be kept", { error });
    }
    await clock.sleep(everyMs, signal);
  }
}

async function keepQuota(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const { disk, supervisor, wanted: records } = context;
  const limit = quotaOf(context, id);
  const was = records.get(id)?.overDisk;
  if (limit === undefined) {
    if (was !== undefined) change(context, id, undefined);
    return;
  }
  const { state, alive, turn } = supervisor.look(id);
  if (state === "closed") return;
  // Between turns nothing grows that is not told.
  const isAtWork = alive && turn?.state === "running";
  const bytes = await disk.measure(id, { again: isAtWork || was !== undefined, signal });
  if (bytes === null || signal.aborted) return;
  if (bytes > limit) {
    if (was === undefined || was.limit !== limit) change(context, id, { bytes, limit });
  } else if (was !== undefined) {
    change(context, id, undefined);
  }
}

// A stop takes its grace and a start its time: the others are not kept waiting.
function change({ log, supervisor, wanted: records }: Context, id: string, overDisk: Wanted["overDisk"]): void {
  if (overDisk === undefined) log.info("a session is under its disk quota again", { session: id });
  else log.warn("a session is over its disk quota and is stopped", { session: id, ...overDisk });
  const note = (wanted: Wanted): Wanted =>
    overDisk === undefined ? without(wanted, "overDisk") : { ...wanted, overDisk };
  supervisor
    .apply(id, () => records.change(id, note))
    .catch((error: unknown) => log.warn("a session could not follow its disk quota", { session: id, error }));
}
