import { installedAgent } from "../../src/testing/installed-agent.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

testCodingAgent({
  name: "codex",
  driver: "acp",
  command: installedAgent("codex"),
  wires: ["openai-responses"],
});
