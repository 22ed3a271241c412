import { it } from "vitest";
import { installedAgent } from "../../src/testing/installed-agent.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

const command = installedAgent("goose");
if (command) {
  testCodingAgent({
    name: "goose",
    driver: "acp",
    command,
    wires: ["openai-chat", "anthropic", "gemini"],
    asks: { GOOSE_MODE: "approve" },
  });
} else {
  it.skip("goose is not installed");
}
