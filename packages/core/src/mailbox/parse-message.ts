import * as z from "zod/mini";
import type { Inbound } from "../schema/inbound.ts";
import { INBOUND_SCHEMAS } from "../schema/inbound.ts";
import { DEPTH_LIMIT, scanObject } from "../schema/json-text.ts";
import type { Outbound } from "../schema/outbound.ts";
import { OUTBOUND_SCHEMAS } from "../schema/outbound.ts";
import { describeIssues, FORMAT_VERSION } from "../schema/versioned.ts";

/** What a file's name and time say, for what its content leaves out. */
export interface MessageOrigin {
  id: string;
  createdAt: string;
}

/** `message`: whole at once. `text`: a prompt, if it is whole. `prefix`: the start of a JSON object. `rejected`: whole and wrong. */
export type ParsedMessage<M> =
  | { state: "message"; message: M }
  | { state: "text"; text: string }
  | { state: "prefix" }
  | { state: "rejected"; reason: string };

type Schemas = Record<string, z.core.$ZodType>;

/** Reads the bytes of an inbox file. Pure. */
export function parseInbound(bytes: Uint8Array, origin: MessageOrigin): ParsedMessage<Inbound> {
  return parseMessage<Inbound>(bytes, { origin, schemas: INBOUND_SCHEMAS });
}

/** Reads the bytes of an outbox file. Pure. */
export function parseOutbound(bytes: Uint8Array, origin: MessageOrigin): ParsedMessage<Outbound> {
  return parseMessage<Outbound>(bytes, { origin, schemas: OUTBOUND_SCHEMAS });
}

/** The prompt that a plain text is. */
export function promptOf(text: string, origin: MessageOrigin): Inbound {
  return { v: FORMAT_VERSION, id: origin.id, kind: "prompt", createdAt: origin.createdAt, body: { text } };
}

function parseMessage<M>(bytes: Uint8Array, context: { origin: MessageOrigin; schemas: Schemas }): ParsedMessage<M> {
  // Drops a byte order mark; bytes that are no UTF-8 become U+FFFD.
  const text = new TextDecoder().decode(bytes);
  const scan = scanObject(text);
  if (text.trim() !== "" && scan.state === "prefix") return { state: "prefix" };
  if (scan.state !== "whole" || !scan.keys.has("v") || !scan.keys.has("kind")) return { state: "text", text };
  const reason = (() => {
    if (scan.depth > DEPTH_LIMIT) return `too-deep: nested deeper than ${DEPTH_LIMIT} levels`;
    if (scan.duplicate !== null) return `duplicate-key: the name ${JSON.stringify(scan.duplicate)} stands twice`;
    if (!isUtf8(bytes)) return "not-utf8: the bytes are no UTF-8 text";
    return null;
  })();
  if (reason !== null) return { state: "rejected", reason };
  return parseEnvelope(JSON.parse(text) as Record<string, unknown>, context);
}

function parseEnvelope<M>(
  envelope: Record<string, unknown>,
  { origin, schemas }: { origin: MessageOrigin; schemas: Schemas },
): ParsedMessage<M> {
  const rejected = (reason: string): ParsedMessage<M> => ({ state: "rejected", reason });
  const { v, kind } = envelope;
  if (typeof v === "number" && v > FORMAT_VERSION) {
    return rejected(`from-the-future: the envelope has version ${v}, this program knows ${FORMAT_VERSION}`);
  }
  if (v !== FORMAT_VERSION) return rejected(`invalid: v is ${shown(v)}`);
  if (envelope["id"] !== undefined && envelope["id"] !== origin.id) {
    return rejected(`id-mismatch: the file is named ${origin.id}, the envelope says ${shown(envelope["id"])}`);
  }
  const schema = typeof kind === "string" && Object.hasOwn(schemas, kind) ? schemas[kind] : undefined;
  if (schema === undefined) return rejected(`unknown-kind: ${shown(kind)}`);
  const filled = { createdAt: origin.createdAt, body: {}, ...envelope, id: origin.id };
  const result = z.safeParse(schema, filled);
  if (!result.success) return rejected(`invalid: ${describeIssues(result.error)}`);
  return { state: "message", message: result.data as M };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? "missing").slice(0, 80);
}
