import { anthropic } from "./anthropic/anthropic.ts";
import { gemini } from "./gemini/gemini.ts";
import { openAiChat } from "./openai-chat/openai-chat.ts";
import { openAiResponses } from "./openai-responses/openai-responses.ts";
import type { Wire } from "./wire.ts";

export const wires: Wire[] = [anthropic, openAiResponses, openAiChat, gemini];
