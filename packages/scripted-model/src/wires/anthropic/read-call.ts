import * as z from "zod";
import type { Call, Entry } from "../../conversation/call.ts";

const ContentSchema = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);

const MessageSchema = z.looseObject({ role: z.enum(["user", "assistant", "system"]), content: ContentSchema });
type Message = z.infer<typeof MessageSchema>;

const BodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().default(false),
  system: ContentSchema.default(""),
  messages: z.array(MessageSchema).min(1),
  tools: z
    .array(z.looseObject({ name: z.string(), input_schema: z.record(z.string(), z.unknown()).default({}) }))
    .default([]),
});

/** Source: the Messages API, https://docs.anthropic.com/en/api/messages; Claude Code sends further system texts among the messages. */
export function readCall(body: unknown): Call {
  const { model, stream, system, messages, tools } = BodySchema.parse(body);
  const further = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    model,
    stream,
    wantsUsage: true,
    system: [system, ...further].map(textOf).join("\n"),
    entries: messages.flatMap(readMessage),
    tools: tools.map(({ name, input_schema: schema }) => ({ name, schema })),
  };
}

function readMessage({ role, content }: Message): Entry[] {
  if (role === "system") return [];
  if (role === "assistant" || typeof content === "string") return [{ kind: role, text: textOf(content) }];
  return content.flatMap(({ type, text }): Entry[] => {
    if (type === "tool_result") return [{ kind: "result" }];
    return text === undefined ? [] : [{ kind: "user", text }];
  });
}

function textOf(content: Message["content"]): string {
  if (typeof content === "string") return content;
  return content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}
