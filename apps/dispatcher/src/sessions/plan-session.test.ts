import { fakeClock } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { planSession } from "./plan-session.ts";
import type { SpawnInput } from "./schema.ts";

const CONFIG = parseConfig(`
defaults: { agent: mytool, provider: cloud, model: large, sandbox: auto, base: main }
providers:
  cloud: { wire: anthropic, keyEnv: CLOUD_KEY }
  local: { wire: openai-chat, baseUrl: "http://127.0.0.1:11434/v1" }
agents:
  mytool: { driver: command, command: [mytool, --headless], env: { MODE: quiet } }
`);
const plan = (input: Partial<SpawnInput>, environment = { CLOUD_KEY: "sk-canary" }, config = CONFIG) =>
  planSession({ config, environment, clock: fakeClock() }, { task: "do it", ...input }, "abc");

test("defaults come from the configuration", () => {
  expect(plan({}).spec).toEqual({
    v: 1,
    id: "abc",
    task: "do it",
    agent: {
      name: "mytool",
      driver: "command",
      command: ["mytool", "--headless"],
      env: { MODE: "quiet" },
      passEnv: ["CLOUD_KEY"],
    },
    provider: "cloud",
    model: "large",
    sandbox: "auto",
    createdAt: "2026-01-01T00:00:00.000Z",
  });
});

test("what is asked for comes before the defaults", () => {
  const asked = { provider: "local", model: "small", sandbox: "none", name: "n", labels: { a: "b" } };
  expect(plan(asked).spec).toMatchObject(asked);
  expect(plan(asked).spec.agent).not.toHaveProperty("passEnv");
});

test("the name of a key is written down, never the key", () => {
  expect(JSON.stringify(plan({}))).not.toContain("sk-canary");
  expect(plan({}, {} as { CLOUD_KEY: string }).notes.join()).toContain("CLOUD_KEY is not set");
});

test("a session in a repository gets a branch of its own and the default base", () => {
  expect(plan({ repository: "/r" }).spec).toMatchObject({ repository: "/r", branch: "harness/abc", base: "main" });
  expect(plan({ repository: "/r", name: "fix" }).spec.branch).toBe("harness/fix");
  expect(plan({ repository: "/r", branch: "b", base: "v1" }).spec).toMatchObject({ branch: "b", base: "v1" });
});

test("a branch without a repository is only recorded", () => {
  expect(plan({ branch: "b", base: "v1" }).spec).toMatchObject({ branch: "b" });
  expect(plan({ branch: "b", base: "v1" }).spec).not.toHaveProperty("base");
});

test("a command of one's own is run by the command driver", () => {
  const { agent } = plan({ command: ["/usr/bin/thing", "-x"] }).spec;
  expect(agent).toMatchObject({ name: "thing", driver: "command", command: ["/usr/bin/thing", "-x"] });
});

test("the scripted agent gets its script, and no key that it does not need", () => {
  const { agent, provider } = plan({ agent: "scripted", script: [{ say: "hi" }] }).spec;
  expect(agent).toEqual({ name: "scripted", driver: "scripted", script: [{ say: "hi" }] });
  expect(provider).toBeUndefined();
});

describe("what is refused says what to do", () => {
  test.each([
    [{ agent: "mytol" }, "agent-not-found", "Did you mean mytool?"],
    [{ agent: "__proto__" }, "agent-not-found", "Known: scripted, mytool."],
    [{ agent: "constructor" }, "agent-not-found", "Known:"],
    [{ provider: "clod" }, "request-invalid", "Known: cloud, local."],
    [{ agent: "mytool", command: ["x"] }, "request-invalid", "Name one of them."],
    [{ agent: "mytool", script: [] }, "request-invalid", "scripted"],
  ])("%j", (input, code, hint) => {
    expect(() => plan(input)).toThrow(expect.objectContaining({ code, hint: expect.stringContaining(hint) }));
  });

  test("a default agent that is not set up", () => {
    const refused = expect.objectContaining({
      code: "agent-not-found",
      message: "The default agent pi is not set up.",
    });
    expect(() => plan({}, { CLOUD_KEY: "" }, parseConfig(""))).toThrow(refused);
  });
});
