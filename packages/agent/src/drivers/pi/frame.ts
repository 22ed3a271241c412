import * as z from "zod/mini";
// By name: taken out of the namespace it would bring all of zod, with every language's messages, into the bundle.
import { catch as otherwise } from "zod/mini";

const text = z.string();
const optionalText = z.optional(text);
const frame = <N extends string, S extends z.core.$ZodLooseShape>(type: N, shape: S) =>
  z.object({ type: z.literal(type), ...shape });

const ContentSchema = z.array(z.object({ type: text, text: optionalText }));
const Count = otherwise(z.optional(z.number().check(z.gte(0))), undefined);

const MessageSchema = z.object({
  role: text,
  content: otherwise(ContentSchema, []),
  stopReason: optionalText,
  errorMessage: optionalText,
  usage: z.optional(
    z.object({
      input: Count,
      output: Count,
      cacheRead: Count,
      cacheWrite: Count,
      cost: z.optional(z.object({ total: Count })),
    }),
  ),
});
export type PiMessage = z.infer<typeof MessageSchema>;

const StateSchema = z.object({
  sessionId: text,
  messageCount: z.number(),
  model: z.optional(z.object({ id: text, provider: text })),
});
export type PiState = z.infer<typeof StateSchema>;

const FrameSchema = z.discriminatedUnion("type", [
  frame("response", {
    id: optionalText,
    command: optionalText,
    success: z.boolean(),
    error: optionalText,
    data: z.optional(z.unknown()),
  }),
  frame("message_update", {
    assistantMessageEvent: z.object({ type: text, contentIndex: z.optional(z.number()), delta: optionalText }),
  }),
  frame("message_end", { message: MessageSchema }),
  frame("tool_execution_start", { toolCallId: text, toolName: text, args: z.optional(z.unknown()) }),
  frame("tool_execution_end", {
    toolCallId: text,
    isError: z.boolean(),
    result: z.object({ content: otherwise(ContentSchema, []) }),
  }),
  frame("auto_retry_start", { attempt: z.number(), maxAttempts: z.number(), delayMs: z.number(), errorMessage: text }),
  frame("turn_start", {}),
  frame("agent_settled", {}),
  frame("extension_ui_request", { id: text, method: text }),
]);
/** What Pi says in RPC mode, as far as the driver listens. */
export type Frame = z.infer<typeof FrameSchema>;
export type Response = Extract<Frame, { type: "response" }>;

/** Null for a line that is no frame, and for every frame that does not matter here. */
export function parseFrame(line: string): Frame | null {
  try {
    const result = FrameSchema.safeParse(JSON.parse(line));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}

export function parseState(data: unknown): PiState | null {
  const result = StateSchema.safeParse(data);
  return result.success ? result.data : null;
}

/** The text of content blocks, block by block. */
export function textBlocks(content: PiMessage["content"]): string[] {
  return content.flatMap((block) => (block.type === "text" && block.text !== undefined ? [block.text] : []));
}
