import * as z from "zod";
import type { Call, Entry } from "../../conversation/call.ts";

const ContentSchema = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);

const BodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  system: ContentSchema.default(""),
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant"]), content: ContentSchema })).min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.record(z.string(), z.unknown()).default({}) }))
    .default([]),
});

/** Source: the Messages API, https://docs.anthropic.com/en/api/messages */
export function readCall(body: unknown): Call {
  const { model, stream, system, messages, tools } = BodySchema.parse(body);
  return {
    model,
    stream,
    wantsUsage: true,
    system: textOf(system),
    entries: messages.flatMap(({ role, content }) => readMessage(role, content)),
    tools: tools.map(({ name, input_schema: schema }) => ({ name, schema })),
  };
}

function readMessage(role: "user" | "assistant", content: z.infer<typeof ContentSchema>): Entry[] {
  if (role === "assistant" || typeof content === "string") return [{ kind: role, text: textOf(content) }];
  return content.flatMap(({ type, text }): Entry[] => {
    if (type === "tool_result") return [{ kind: "result" }];
    return text === undefined ? [] : [{ kind: "user", text }];
  });
}

function textOf(content: z.infer<typeof ContentSchema>): string {
  if (typeof content === "string") return content;
  return content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}
