import * as z from "zod/mini";
import { HarnessError } from "../errors.ts";
import { INBOUND_SCHEMAS, type Inbound } from "../schema/inbound.ts";
import { MESSAGE_LIMIT } from "../schema/message.ts";
import { OUTBOUND_SCHEMAS, type Outbound } from "../schema/outbound.ts";
import { describeIssues } from "../schema/versioned.ts";

/** A message as the bytes of its file. Throws `message-invalid` and `message-too-large`. */
export function encodeEnvelope(message: Inbound | Outbound): Uint8Array {
  const schemas: Record<string, z.core.$ZodType> = { ...INBOUND_SCHEMAS, ...OUTBOUND_SCHEMAS };
  const schema = Object.hasOwn(schemas, message.kind) ? schemas[message.kind] : undefined;
  if (schema === undefined) {
    throw new HarnessError("message-invalid", `There is no kind of message called ${JSON.stringify(message.kind)}.`);
  }
  const result = z.safeParse(schema, message);
  if (!result.success) {
    throw new HarnessError("message-invalid", `The ${message.kind} is invalid: ${describeIssues(result.error)}.`);
  }
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  refuseTooLarge(bytes);
  return bytes;
}

/** Throws `message-too-large`. */
export function refuseTooLarge(bytes: Uint8Array): void {
  if (bytes.length <= MESSAGE_LIMIT) return;
  throw new HarnessError("message-too-large", `The message has ${bytes.length} bytes; ${MESSAGE_LIMIT} are allowed.`, {
    details: { bytes: bytes.length, limit: MESSAGE_LIMIT },
  });
}
