import * as z from "zod";
import type { Call, Entry } from "../../conversation/call.ts";

const ContentSchema = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);
const roles = ["system", "developer", "user", "assistant", "tool"] as const;

const MessageSchema = z.looseObject({ role: z.enum(roles), content: ContentSchema.nullish() });

const ToolSchema = z.looseObject({
  function: z.looseObject({ name: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) }).optional(),
});

const BodySchema = z.looseObject({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  messages: z.array(MessageSchema).min(1),
  tools: z.array(ToolSchema).default([]),
});

/** Source: https://platform.openai.com/docs/api-reference/chat/create */
export function readCall(body: unknown): Call {
  const { model, stream, stream_options: options, messages, tools } = BodySchema.parse(body);
  const isSystem = ({ role }: z.infer<typeof MessageSchema>) => role === "system" || role === "developer";
  return {
    model,
    stream: stream ?? false,
    wantsUsage: options?.include_usage ?? false,
    system: messages.filter(isSystem).map(textOf).join("\n"),
    entries: messages.filter((message) => !isSystem(message)).flatMap(readMessage),
    tools: tools.flatMap((tool) =>
      tool.function ? [{ name: tool.function.name, schema: tool.function.parameters }] : [],
    ),
  };
}

function readMessage(message: z.infer<typeof MessageSchema>): Entry[] {
  if (message.role === "tool") return [{ kind: "result" }];
  if (message.role === "assistant") return [{ kind: "assistant", text: textOf(message) }];
  if (!Array.isArray(message.content)) return [{ kind: "user", text: message.content ?? "" }];
  return message.content.flatMap(({ text }): Entry[] => (text === undefined ? [] : [{ kind: "user", text }]));
}

function textOf({ content }: z.infer<typeof MessageSchema>): string {
  if (!Array.isArray(content)) return content ?? "";
  return content.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}
