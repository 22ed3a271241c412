import { syncDirectory, type ClaimedMessage, type ClaimOptions, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { isStorageFailure } from "./storage.ts";

/** Takes a message, however long the disk needs. Null when it vanished or changed; a later scan tells. */
export async function claimMessage(
  context: AgentContext,
  ready: ReadyMessage,
  options?: ClaimOptions,
): Promise<ClaimedMessage | null> {
  const { inbox, storage, paths } = context;
  try {
    return await inbox.claim(ready, options);
  } catch (error) {
    if (!isStorageFailure(error)) throw error;
    // It may have been taken all the same: then nobody else would ever look at it again.
    return storage.persist(async () => {
      await Promise.all([syncDirectory(paths.inbox.path), syncDirectory(paths.inbox.claimed)]);
      const taken = (await inbox.recover()).find(({ id }) => id === ready.id);
      return taken ?? inbox.claim(ready, options);
    });
  }
}
