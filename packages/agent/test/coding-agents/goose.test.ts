import { installedAgent } from "../../src/testing/installed-agent.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

testCodingAgent({
  name: "goose",
  driver: "acp",
  command: installedAgent("goose"),
  wires: ["openai-chat", "anthropic", "gemini"],
  failures: { "400": null, "429": null, "529": null, cut: null },
  asks: { GOOSE_MODE: "approve" },
});
