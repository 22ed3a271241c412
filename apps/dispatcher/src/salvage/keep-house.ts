import type { Context } from "../context.ts";
import { emptyTrash } from "../sessions/trash.ts";
import { type RetainParts, retainSalvages } from "./retain.ts";

const HOUR_MS = 3_600_000;

export interface House {
  close(): Promise<void>;
}

/** Looks through the trash and what was kept: at once, and then every hour. Nobody waits for it. */
export function keepHouse(parts: RetainParts & Pick<Context, "supervisor" | "feed">, everyMs = HOUR_MS): House {
  const closing = new AbortController();
  const work = run();
  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      await pass(parts);
      await parts.clock.sleep(everyMs, closing.signal);
    }
  }
  return {
    close: async () => {
      closing.abort();
      await work;
    },
  };
}

async function pass(parts: RetainParts & Pick<Context, "supervisor" | "feed">): Promise<void> {
  try {
    // An empty mount point is no reason to let go of anything.
    parts.supervisor.requireStorage();
    await emptyTrash(parts);
    for (const session of await retainSalvages(parts)) parts.feed.publish({ type: "salvage.changed", session });
  } catch (error) {
    parts.log.warn("what was kept could not be looked through", { error });
  }
}
