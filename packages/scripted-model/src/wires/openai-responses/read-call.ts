import * as z from "zod";
import type { Call, Entry } from "../../conversation/call.ts";

const ContentSchema = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))]);

const ItemSchema = z.looseObject({
  type: z.string().default("message"),
  role: z.enum(["system", "developer", "user", "assistant"]).optional(),
  content: ContentSchema.nullish(),
});
type Item = z.infer<typeof ItemSchema>;

const ToolSchema = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).nullish(),
});

const BodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(ItemSchema).min(1)]),
  tools: z.array(ToolSchema).default([]),
  // The position in a script follows from the conversation, so that all of it has to be here.
  previous_response_id: z.null({ error: "is not kept here: send the whole conversation as input" }).optional(),
});

/** Source: https://platform.openai.com/docs/api-reference/responses/create */
export function readCall(body: unknown): Call {
  const { model, stream, instructions, input, tools } = BodySchema.parse(body);
  const items = typeof input === "string" ? [ItemSchema.parse({ role: "user", content: input })] : input;
  const isSystem = ({ role }: Item) => role === "system" || role === "developer";
  return {
    model,
    stream: stream ?? false,
    wantsUsage: true,
    system: [instructions ?? "", ...items.filter(isSystem).flatMap(textsOf)].join("\n"),
    entries: items.filter((item) => !isSystem(item)).flatMap(readItem),
    tools: tools.flatMap(({ type, name, parameters }) =>
      type === "function" && name !== undefined ? [{ name, schema: parameters ?? {} }] : [],
    ),
  };
}

function readItem(item: Item): Entry[] {
  if (item.type.endsWith("_call_output")) return [{ kind: "result" }];
  if (item.role === "user") return textsOf(item).map((text): Entry => ({ kind: "user", text }));
  return [{ kind: "assistant", text: textsOf(item).join("\n") }];
}

function textsOf({ content }: Item): string[] {
  if (typeof content === "string") return [content];
  return (content ?? []).flatMap(({ text }) => (text === undefined ? [] : [text]));
}
