import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { fakeClock, temporaryDirectory } from "@harness/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { planSession } from "./plan-session.ts";
import type { SpawnInput } from "./schema.ts";

const CONFIG = parseConfig(`
defaults: { agent: mytool, provider: cloud, model: large, sandbox: auto, base: main }
providers:
  cloud: { wire: anthropic, keyEnv: CLOUD_KEY }
  local: { wire: openai-chat, baseUrl: "http://127.0.0.1:11434/v1", model: small }
agents:
  mytool: { driver: command, command: [mytool, --headless], env: { MODE: quiet } }
`);
const plan = (
  input: Partial<SpawnInput>,
  environment: Record<string, string> = { CLOUD_KEY: "sk-canary" },
  config = CONFIG,
) =>
  planSession(
    { root: stateRoot("/nowhere"), config, environment, clock: fakeClock() },
    { task: "do it", ...input },
    "abc",
  );

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
    endpoint: { wire: "anthropic", baseUrl: "https://api.anthropic.com", keyEnv: "CLOUD_KEY" },
    model: "large",
    sandbox: "auto",
    limits: { processes: 4096, memoryBytes: Math.floor(totalmem() / 2), fileBytes: 8 * 1024 ** 3 },
    createdAt: "2026-01-01T00:00:00.000Z",
  });
});

test("what is asked for comes before the defaults", () => {
  const asked = { provider: "local", model: "small", sandbox: "none", name: "n", labels: { a: "b" } } as const;
  expect(plan(asked).spec).toMatchObject(asked);
  expect(plan(asked).spec.agent).not.toHaveProperty("passEnv");
});

test("a list of hosts is written down as it is matched", () => {
  expect(plan({ network: ["Registry.npmjs.org", "10.0.0.7:80"] }).spec).toMatchObject({
    network: "list",
    hosts: ["registry.npmjs.org:443", "10.0.0.7:80"],
  });
});

test("the name of a key is written down, never the key", () => {
  expect(JSON.stringify(plan({}))).not.toContain("sk-canary");
  expect(plan({}, {}).notes.join()).toContain("CLOUD_KEY is not set");
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
    [{ agent: "__proto__" }, "agent-not-found", "Known: pi, goose, codex, claude, opencode, gemini, scripted, mytool."],
    [{ agent: "constructor" }, "agent-not-found", "Known:"],
    [{ provider: "clod" }, "request-invalid", "Known: cloud, local, anthropic, openai, gemini."],
    [{ agent: "mytool", command: ["x"] }, "request-invalid", "Name one of them."],
    [{ agent: "mytool", script: [] }, "request-invalid", "scripted"],
  ])("%j", (input, code, hint) => {
    expect(() => plan(input)).toThrow(expect.objectContaining({ code, hint: expect.stringContaining(hint) }));
  });

  test("a default agent that is not set up", () => {
    const refused = expect.objectContaining({
      code: "agent-not-found",
      message: "The default agent mine is not set up.",
    });
    expect(() => plan({}, {}, parseConfig("defaults: { agent: mine }"))).toThrow(refused);
  });
});

test("the embedded agent needs no line of configuration, only a key", () => {
  const { spec, notes } = plan({}, { ANTHROPIC_API_KEY: "sk-canary" }, parseConfig(""));
  expect(spec).toMatchObject({
    agent: {
      name: "pi",
      driver: "pi",
      command: [process.execPath, expect.stringMatching(/pi-coding-agent.*\/bundle\/cli\.js$/)],
      passEnv: ["ANTHROPIC_API_KEY"],
    },
    provider: "anthropic",
    endpoint: { wire: "anthropic", baseUrl: "https://api.anthropic.com", keyEnv: "ANTHROPIC_API_KEY" },
  });
  expect([notes, existsSync(spec.agent.command?.[1] ?? "")]).toEqual([[], true]);
  expect(JSON.stringify(spec)).not.toContain("sk-canary");
});

test("the limits of an agent go into its session", () => {
  const limited = parseConfig(
    "agents: { scripted: { turnLimitMs: 4, silenceLimitMs: 1, toolLimitMs: 2, retryLimitMs: 3 } }",
  );
  expect(plan({ agent: "scripted" }, {}, limited).spec.agent).toEqual({
    name: "scripted",
    driver: "scripted",
    turnLimitMs: 4,
    silenceLimitMs: 1,
    toolLimitMs: 2,
    retryLimitMs: 3,
  });
});

describe("which model a coding agent gets", () => {
  const all = { ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o", GEMINI_API_KEY: "g" };

  test("the provider that is asked for, with its own model, before every key", () => {
    const asked = plan({ agent: "pi", provider: "local" }, all).spec;
    expect(asked).toMatchObject({ provider: "local", model: "small", endpoint: { wire: "openai-chat" } });
    expect(plan({ agent: "pi", provider: "local", model: "other" }, all).spec.model).toBe("other");
  });

  test("the default", () => {
    expect(plan({ agent: "pi" }, { ...all, CLOUD_KEY: "c" }).spec.provider).toBe("cloud");
  });

  test("a local one that the person wrote, before a built-in one", () => {
    const local = parseConfig('providers: { mine: { wire: openai-chat, baseUrl: "http://127.0.0.1:1/v1" } }');
    expect(plan({ model: "m" }, all, local).spec.provider).toBe("mine");
  });

  test.each([
    [{ OPENAI_API_KEY: "o", GEMINI_API_KEY: "g" }, "openai"],
    [{ GEMINI_API_KEY: "g", OPENAI_API_KEY: "" }, "gemini"],
  ])("the first whose key is set: %j", (environment, provider) => {
    expect(plan({}, environment, parseConfig("")).spec.provider).toBe(provider);
  });

  test("no key and no provider is refused with what to do", () => {
    const refused = expect.objectContaining({
      code: "provider-not-chosen",
      message: expect.stringContaining("ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY"),
      hint: expect.stringMatching(/Export one of them.*config\.yaml.*restart the dispatcher/s),
      details: { agent: "pi", variables: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY"] },
    });
    expect(() => plan({}, {}, parseConfig(""))).toThrow(refused);
  });

  test("the provider that is asked for has no key: nothing is planned that can only fail", () => {
    const refused = expect.objectContaining({
      code: "key-not-set",
      message: "OPENAI_API_KEY, the key of the provider openai, is not set where the dispatcher runs.",
      details: { provider: "openai", variables: ["OPENAI_API_KEY"] },
    });
    expect(() => plan({ agent: "pi", provider: "openai" }, { ANTHROPIC_API_KEY: "a" }, parseConfig(""))).toThrow(
      refused,
    );
    const chosen = parseConfig("defaults: { provider: openai }");
    expect(() => plan({}, { ANTHROPIC_API_KEY: "a" }, chosen)).toThrow(refused);
  });

  test("an agent without a choice of its own needs a model", () => {
    const local = parseConfig("providers: { mine: { wire: openai-chat } }");
    const refused = expect.objectContaining({
      code: "model-not-chosen",
      hint: expect.stringContaining("providers.mine.model"),
    });
    expect(() => plan({}, all, local)).toThrow(refused);
    expect(plan({ model: "qwen3" }, all, local).spec.model).toBe("qwen3");
    expect(plan({ provider: "anthropic" }, all, local).spec).not.toHaveProperty("model");
  });

  test("a default provider that is not there is named as such", () => {
    const gone = parseConfig("defaults: { provider: gone }");
    expect(() => plan({}, all, gone)).toThrow("The default provider");
  });
});

describe("a coding agent that is not part of the install", () => {
  const installed = (name: string) => {
    const bin = join(directory.path, name);
    mkdirSync(bin, { recursive: true });
    return (program: string, text: string) => {
      writeFileSync(join(bin, program), text, { mode: 0o755 });
      return bin;
    };
  };
  const directory = temporaryDirectory();
  afterAll(() => directory[Symbol.asyncDispose]());

  test("is refused with how to install it", () => {
    const refused = expect.objectContaining({
      code: "agent-not-installed",
      hint: expect.stringContaining("npm install -g @google/gemini-cli"),
    });
    expect(() => plan({ agent: "gemini" }, { PATH: "/nowhere", GEMINI_API_KEY: "g" }, parseConfig(""))).toThrow(
      refused,
    );
  });

  test("is started by its path, and with this Node where it is written for Node", () => {
    const PATH = installed("bin")("goose", "#!/bin/sh\n");
    installed("bin")("codex-acp", "#!/usr/bin/env node\n");
    const environment = { PATH, OPENAI_API_KEY: "o" };
    const config = parseConfig("defaults: { provider: local }\nproviders: { local: { wire: openai-chat, model: m } }");
    expect(plan({ agent: "goose" }, environment, config).spec.agent).toMatchObject({
      driver: "acp",
      command: [join(PATH, "goose"), "acp", "--with-builtin", "developer"],
    });
    expect(plan({ agent: "codex", provider: "openai" }, environment, config).spec.agent.command).toEqual([
      process.execPath,
      join(realpathSync(PATH), "codex-acp"),
    ]);
    const mismatch = expect.objectContaining({ code: "wire-not-spoken", hint: expect.stringContaining("--provider") });
    expect(() => plan({ agent: "codex" }, environment, config)).toThrow(mismatch);
  });

  test("is found where npm puts what it installs for everybody", () => {
    const place = join(directory.path, "lib/node_modules/@google/gemini-cli");
    mkdirSync(join(place, "bundle"), { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ bin: { gemini: "bundle/gemini.js" } }));
    writeFileSync(join(place, "bundle/gemini.js"), "");
    const environment = { PATH: join(directory.path, "bin"), GEMINI_API_KEY: "g" };
    const { agent, provider } = plan({ agent: "gemini" }, environment, parseConfig("")).spec;
    expect(agent.command).toEqual([process.execPath, realpathSync(join(place, "bundle/gemini.js")), "--acp"]);
    expect(provider).toBe("gemini");
  });

  test("of config.yaml has to be there too", () => {
    const config = parseConfig("agents: { mine: { driver: acp, command: [mine-acp, --fast] } }");
    const refused = expect.objectContaining({
      code: "agent-not-installed",
      hint: expect.stringContaining("agents.mine.command"),
    });
    expect(() => plan({ agent: "mine" }, { PATH: "/nowhere" }, config)).toThrow(refused);
    const PATH = installed("bin")("mine-acp", "#!/bin/sh\n");
    expect(plan({ agent: "mine" }, { PATH }, config).spec).toMatchObject({
      agent: { name: "mine", driver: "acp", command: [join(PATH, "mine-acp"), "--fast"] },
    });
  });
});

test("the demo's providers are known to nobody while its model does not run", () => {
  expect(() => plan({ provider: "demo-anthropic" })).toThrow('The provider "demo-anthropic" is not known.');
});
