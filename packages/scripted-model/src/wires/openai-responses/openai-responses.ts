import { openAiErrorBody } from "../openai-error-body.ts";
import type { Wire } from "../wire.ts";
import { outputItem } from "./items.ts";
import { readCall } from "./read-call.ts";
import { responseBody, usageBody } from "./response-body.ts";
import { openStream } from "./stream.ts";

export const openAiResponses: Wire = {
  name: "openai-responses",
  path: /^\/v1\/responses$/,
  readCall,
  openStream,
  wholeReply: (envelope, blocks, usage) =>
    responseBody(envelope, {
      status: "completed",
      output: blocks.map((block, index) => outputItem(block, `${envelope.id}${index}`)),
      usage: usageBody(usage),
    }),
  errorBody: openAiErrorBody,
};
