import { estimateTokens } from "../reply/play.ts";
import { anthropic } from "../wires/anthropic/anthropic.ts";
import { gemini } from "../wires/gemini/gemini.ts";
import { openAiChat } from "../wires/openai-chat/openai-chat.ts";
import type { Wire } from "../wires/wire.ts";
import type { Exchange } from "./exchange.ts";

/** What agents ask for besides replies: the body of the answer, and the wire in whose form a wrong key is refused. */
export interface SideAnswer {
  wire: Wire;
  body(requestBody: string): unknown;
}

const model = "scripted-model";

export function findSideAnswer({ request, url }: Exchange): SideAnswer | null {
  const asked = `${request.method} ${url.pathname}`;
  if (asked === "GET /v1/models")
    return request.headers["anthropic-version"] === undefined ? openAiModels : anthropicModels;
  if (asked === "GET /v1beta/models") return geminiModels;
  if (asked === "POST /v1/messages/count_tokens") return anthropicCount;
  if (/^POST \/v1beta\/models\/[^/:]+:countTokens$/.test(asked)) return geminiCount;
  return null;
}

const openAiModels: SideAnswer = {
  wire: openAiChat,
  body: () => ({ object: "list", data: [{ id: model, object: "model", created: 0, owned_by: "script" }] }),
};

const anthropicModels: SideAnswer = {
  wire: anthropic,
  body: () => ({
    data: [{ type: "model", id: model, display_name: model, created_at: "1970-01-01T00:00:00Z" }],
    has_more: false,
    first_id: model,
    last_id: model,
  }),
};

const geminiModels: SideAnswer = {
  wire: gemini,
  body: () => ({
    models: [
      {
        name: `models/${model}`,
        displayName: model,
        inputTokenLimit: 1_000_000,
        outputTokenLimit: 64_000,
        supportedGenerationMethods: ["generateContent", "countTokens"],
      },
    ],
  }),
};

const anthropicCount: SideAnswer = {
  wire: anthropic,
  body: (requestBody) => ({ input_tokens: estimateTokens(requestBody.length) }),
};

const geminiCount: SideAnswer = {
  wire: gemini,
  body: (requestBody) => ({ totalTokens: estimateTokens(requestBody.length) }),
};
