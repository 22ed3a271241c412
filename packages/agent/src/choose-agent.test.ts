import { describe, expect, it } from "vitest";
import { chooseAgent } from "./choose-agent.ts";

const mytool = { agent: { name: "mytool", driver: "command", command: ["mytool"] } };

describe("the coding agent", () => {
  it("is the command after --, before anything else", () => {
    expect(chooseAgent(mytool, { agent: "scripted", command: ["cat", "-u"] })).toEqual({
      name: "scripted",
      driver: "command",
      command: ["cat", "-u"],
    });
  });

  it("is what session.json says, also when its name is repeated", () => {
    expect(chooseAgent(mytool, {})).toEqual(mytool.agent);
    expect(chooseAgent(mytool, { agent: "mytool" })).toEqual(mytool.agent);
  });

  it("is the driver that --agent names", () => {
    expect(chooseAgent(mytool, { agent: "scripted" })).toEqual({ name: "scripted", driver: "scripted" });
  });

  it("has to be named by somebody, and known", () => {
    expect(() => chooseAgent(null, {})).toThrow(/Nothing says/);
    expect(() => chooseAgent({ agent: { driver: "default" } }, {})).toThrow(/Nothing says/);
    expect(() => chooseAgent(null, { agent: "claude" })).toThrow(/claude/);
    expect(() => chooseAgent({ agent: { driver: "toString" } }, {})).toThrow(/toString/);
  });
});
