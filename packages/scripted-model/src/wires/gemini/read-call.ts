import * as z from "zod";
import type { Call, Entry } from "../../conversation/call.ts";

export const path = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

const PartSchema = z.looseObject({ text: z.string().optional(), functionResponse: z.unknown().optional() });
const ContentSchema = z.looseObject({
  role: z.enum(["user", "model", "function"]).default("user"),
  parts: z.array(PartSchema).default([]),
});

const FunctionSchema = z.looseObject({
  name: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  parametersJsonSchema: z.record(z.string(), z.unknown()).optional(),
});

const ToolSchema = z.looseObject({ functionDeclarations: z.array(FunctionSchema).default([]) });

// The model and the way of answering are in the address, not in the body.
const BodySchema = z.looseObject({
  contents: z.array(ContentSchema).min(1),
  systemInstruction: z.union([z.string(), ContentSchema]).optional(),
  // One thing instead of a list of one is fine with Google, and Goose sends it.
  tools: z.union([ToolSchema.transform((tool) => [tool]), z.array(ToolSchema)]).default([]),
});

/** Source: https://ai.google.dev/api/generate-content */
export function readCall(body: unknown, pathname: string): Call {
  const [, model = "", method] = path.exec(pathname) ?? [];
  const { contents, systemInstruction: system = "", tools } = BodySchema.parse(body);
  return {
    model,
    stream: method === "streamGenerateContent",
    wantsUsage: true,
    system: typeof system === "string" ? system : textOf(system),
    entries: contents.flatMap(readContent),
    tools: tools.flatMap(({ functionDeclarations }) =>
      functionDeclarations.map(({ name, parametersJsonSchema, parameters }) => ({
        name,
        schema: parametersJsonSchema ?? parameters ?? {},
      })),
    ),
  };
}

function readContent(content: z.infer<typeof ContentSchema>): Entry[] {
  if (content.role === "model") return [{ kind: "assistant", text: textOf(content) }];
  return content.parts.flatMap((part): Entry[] => {
    if (part.functionResponse !== undefined) return [{ kind: "result" }];
    return part.text === undefined ? [] : [{ kind: "user", text: part.text }];
  });
}

function textOf({ parts }: z.infer<typeof ContentSchema>): string {
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}
