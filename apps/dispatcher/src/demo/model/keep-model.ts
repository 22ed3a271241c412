import { ensureModel, type ModelWish } from "./ensure-model.ts";
import { readModelRecord } from "./record.ts";

const LOOK_MS = 300;

/**
 * Starts the demo's model again whenever it is gone, until `signal`: somebody may kill it to see what happens, and a coding
 * agent asks more than once.
 */
export async function keepModel(wish: ModelWish, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Before its first start it has no record, and the story starts it.
    if (readModelRecord(wish.root) !== null) await ensureModel(wish);
    await wish.clock.sleep(LOOK_MS, signal);
  }
}
