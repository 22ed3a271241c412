import { it } from "vitest";
import { installedAgent } from "../../src/testing/installed-agent.ts";
import { testCodingAgent } from "./test-coding-agent.ts";

const command = installedAgent("codex");
if (command) testCodingAgent({ name: "codex", driver: "acp", command, wires: ["openai-responses"] });
else it.skip("codex is not installed");
