import { lstatSync } from "node:fs";
import { type Clock, fileTimestamp, systemClock } from "../clock.ts";
import { HarnessError } from "../errors.ts";
import { readRegular } from "../fs/safe-open.ts";
import { parseId } from "../ids.ts";
import { messageIdOf, messagePath } from "../layout/message-file.ts";
import type { Box } from "../layout/session-directory.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import type { Outbound } from "../schema/outbound.ts";
import { listBox } from "./box-listing.ts";
import { parseOutbound } from "./parse-message.ts";
import { pruneOutbox } from "./prune.ts";
import { publishEnvelope } from "./publish-envelope.ts";

/** Publishes a report of the session, durably. Throws like `publishMessage`, and `message-invalid`. */
export function publishReport(box: Box, message: Outbound): Promise<"published" | "duplicate"> {
  return publishEnvelope(box, message);
}

export interface Outbox {
  /** The ids of all reports, in the order of their names. */
  list(): Promise<string[]>;
  /** Throws `message-invalid`, `session-damaged`; ENOENT passes through. */
  read(id: string): Promise<Outbound>;
  has(id: string): boolean;
  prune(olderThanMs: number): Promise<number>;
}

export function openOutbox(box: Box, clock: Clock = systemClock): Outbox {
  return {
    list: async () => {
      const ids: string[] = [];
      for await (const name of listBox(box.path)) {
        const id = messageIdOf(name);
        if (id !== null) ids.push(id);
      }
      return ids.toSorted();
    },
    read: async (id) => readReport(box, parseId(id, "message id"), clock),
    has: (id) => lstatSync(messagePath(box, parseId(id, "message id")), { throwIfNoEntry: false }) !== undefined,
    prune: (olderThanMs) => pruneOutbox(box, olderThanMs, clock),
  };
}

function readReport(box: Box, id: string, clock: Clock): Outbound {
  // Two names while its publisher is between link and unlink.
  const { bytes, facts } = readRegular(messagePath(box, id), { limit: MESSAGE_LIMIT, links: 2 });
  const parsed = parseOutbound(bytes, { id, createdAt: fileTimestamp(facts.mtimeMs, clock.now()) });
  if (parsed.state === "message") return parsed.message;
  const reason = parsed.state === "rejected" ? parsed.reason : "it is no envelope";
  throw new HarnessError("message-invalid", `The report ${id} cannot be read: ${reason}.`);
}
