import { PI_COMMAND } from "../../src/testing/pi-command.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

testCodingAgent({
  name: "pi",
  driver: "pi",
  command: PI_COMMAND,
  wires: ["anthropic", "openai-responses", "openai-chat", "gemini"],
});
