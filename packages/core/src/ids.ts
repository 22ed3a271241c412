import { createHash, randomBytes } from "node:crypto";
import { HarnessError } from "./errors.ts";

/** What a session id or a message id may look like: one path segment without anything that a shell or a path gives a meaning. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const SESSION_ID_LENGTH = 10;

/** The namespace of every derived message id. It never changes: replies written by older versions are found by it. */
export const MESSAGE_NAMESPACE = "6f0f2a4e-0f5b-5d1c-9d6e-3a1b7c9e2d40";

export function isId(text: string): boolean {
  return ID_PATTERN.test(text);
}

/** Returns `text` when it is an id. Throws `id-invalid`. */
export function parseId(text: string, noun = "id"): string {
  if (isId(text)) return text;
  throw new HarnessError("id-invalid", `${JSON.stringify(text.slice(0, 80))} is not a ${noun}.`);
}

/** Ten random base32 characters (50 bits), so that two or three of them tell sessions apart. */
export function newSessionId(): string {
  const bytes = randomBytes(SESSION_ID_LENGTH);
  return Array.from(bytes, (byte) => BASE32[byte & 31]).join("");
}

let lastTick = 0;
let sequence = 0;

/** A UUIDv7 (RFC 9562): names of one process sort in the order in which they were made. */
export function newMessageId(now: number = Date.now()): string {
  if (now > lastTick) {
    lastTick = now;
    sequence = randomBytes(2).readUInt16BE() & 0x3ff;
  } else if (++sequence > 0xfff) {
    lastTick += 1;
    sequence = 0;
  }
  const bytes = randomBytes(16);
  bytes.writeUIntBE(lastTick, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return formatUuid(bytes);
}

/** A UUIDv5 (RFC 9562) of `name` in `namespace`, itself a UUID. */
export function uuid5(namespace: string, name: string): string {
  const digest = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest();
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8(0x50 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  return formatUuid(bytes);
}

/** The id of the `n`th message that a session sends because of `message`: the same however often the turn runs. */
export function derivedMessageId(session: string, message: string, n: number): string {
  return uuid5(MESSAGE_NAMESPACE, `${session}/${message}/${n}`);
}

/** The id under which a session that has never run publishes its goal into its own inbox. */
export function goalMessageId(session: string): string {
  return uuid5(MESSAGE_NAMESPACE, `${session}/goal`);
}

function formatUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
