import { isHarnessError } from "../errors.ts";
import type { Box } from "../layout/session-directory.ts";
import type { Inbound } from "../schema/inbound.ts";
import type { Outbound } from "../schema/outbound.ts";
import { encodeEnvelope } from "./encode.ts";
import { findKnown } from "./known-message.ts";
import { publishMessage } from "./publish.ts";

/** Publishes an envelope. A retry that was built at another moment, and so differs in `createdAt` alone, is a duplicate too. */
export async function publishEnvelope(box: Box, message: Inbound | Outbound): Promise<"published" | "duplicate"> {
  const bytes = encodeEnvelope(message);
  try {
    return await publishMessage(box, { id: message.id, bytes });
  } catch (error) {
    if (!isHarnessError(error) || error.code !== "id-conflict") throw error;
    const known = findKnown(box, message.id);
    const earlier = known === null ? null : withoutTime(known);
    if (known === null || earlier === null || earlier !== withoutTime(bytes)) throw error;
    return publishMessage(box, { id: message.id, bytes: known });
  }
}

function withoutTime(bytes: Uint8Array): string | null {
  try {
    const { createdAt: _, ...rest } = JSON.parse(Buffer.from(bytes).toString("utf8")) as Record<string, unknown>;
    return JSON.stringify(rest);
  } catch {
    // Plain text is never the same message as an envelope.
    return null;
  }
}
