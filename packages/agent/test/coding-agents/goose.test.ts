import { installedAgent } from "../../src/testing/installed-agent.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

testCodingAgent({
  name: "goose",
  driver: "acp",
  command: installedAgent("goose"),
  wires: ["openai-chat", "anthropic", "gemini"],
  asks: { GOOSE_MODE: "approve" },
});
