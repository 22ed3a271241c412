import * as z from "zod/mini";
import { ContextSchema } from "./context.ts";
import { EventSchema } from "./event.ts";
import { EventBodySchema } from "./event-body.ts";
import { INBOUND_SCHEMAS } from "./inbound.ts";
import { OUTBOUND_SCHEMAS } from "./outbound.ts";
import { SessionSpecSchema } from "./session.ts";
import { SetupSchema } from "./setup.ts";
import { StatusSchema } from "./status.ts";
import { WantedSchema } from "./wanted.ts";

/** Every published schema by name: the files of a session, and each kind of message as `message-<kind>`. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, z.core.$ZodType>> = {
  session: SessionSpecSchema,
  setup: SetupSchema,
  status: StatusSchema,
  context: ContextSchema,
  wanted: WantedSchema,
  event: EventSchema,
  "event-body": EventBodySchema,
  ...messageSchemas(INBOUND_SCHEMAS),
  ...messageSchemas(OUTBOUND_SCHEMAS),
};

/**
 * The same as JSON Schema (draft 2020-12), for readers in other languages. What a file may leave out is optional here.
 * One rule cannot be said in it: an `answer` needs `option` or `text`.
 */
export function jsonSchemas(): Record<string, object> {
  const entries = Object.entries(PUBLISHED_SCHEMAS).map(([name, schema]) => {
    const described = z.toJSONSchema(schema, { io: "input" });
    return [name, { title: name, ...described }] as const;
  });
  return Object.fromEntries(entries);
}

function messageSchemas(kinds: Record<string, z.core.$ZodType>): Record<string, z.core.$ZodType> {
  return Object.fromEntries(Object.entries(kinds).map(([kind, schema]) => [`message-${kind}`, schema]));
}
