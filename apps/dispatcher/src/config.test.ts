import { existsSync, writeFileSync } from "node:fs";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import { parseConfig, readConfig } from "./config.ts";

const EXAMPLE = `
defaults: { agent: pi, provider: anthropic, sandbox: auto, base: main }
providers:
  anthropic: { wire: anthropic, baseUrl: https://api.anthropic.com, keyEnv: ANTHROPIC_API_KEY }
  local:     { wire: openai-chat, baseUrl: http://127.0.0.1:11434/v1 }
agents:
  mytool: { driver: command, command: [mytool, --headless] }
limits: { concurrent: 8 }
`;

test("the example of the documentation is understood", () => {
  expect(parseConfig(EXAMPLE)).toMatchObject({
    defaults: { agent: "pi", provider: "anthropic", sandbox: "auto", base: "main" },
    providers: { anthropic: { wire: "anthropic", keyEnv: "ANTHROPIC_API_KEY" }, local: { wire: "openai-chat" } },
    agents: { mytool: { driver: "command", command: ["mytool", "--headless"] }, scripted: { driver: "scripted" } },
    limits: { concurrent: 8, parkAfterMinutes: 30 },
  });
});

test.each(["", "\n", "# nothing\n", "{}", "limits:\n", "defaults: {}\nproviders: {}\nagents: {}"])(
  "%j is a configuration of defaults",
  (text) => {
    expect(parseConfig(text)).toMatchObject({
      defaults: { agent: "pi" },
      limits: { concurrent: 8, parkAfterMinutes: 30 },
      providers: { anthropic: { wire: "anthropic", baseUrl: "https://api.anthropic.com" } },
      agents: { pi: { driver: "pi" }, goose: { driver: "acp" }, scripted: { driver: "scripted" } },
    });
  },
);

test("a missing file is a configuration of defaults", async () => {
  await using directory = temporaryDirectory();
  const root = stateRoot(directory.path);
  expect(readConfig(root).limits.concurrent).toBe(8);
  writeFileSync(root.config, "limits: { concurrent: 2 }");
  expect(readConfig(root).limits.concurrent).toBe(2);
});

describe("what is built in is overridden by name, as far as config.yaml says something", () => {
  const parsed = parseConfig(`
providers:
  mine: { wire: openai-chat, keyEnv: MY_KEY, model: small }
  anthropic: { keyEnv: OTHER_KEY }
  openai: { baseUrl: "https://proxy.example/v1/" }
  gemini: { wire: openai-chat, baseUrl: "http://127.0.0.1:1/v1" }
agents:
  pi: { turnLimitMs: 60000, silenceLimitMs: 5, toolLimitMs: 6, retryLimitMs: 7 }
  goose: { driver: command, command: [goose, run] }
`);

  test("providers", () => {
    expect(parsed.providers).toEqual({
      mine: { wire: "openai-chat", baseUrl: "https://api.openai.com/v1", keyEnv: "MY_KEY", model: "small" },
      anthropic: { wire: "anthropic", baseUrl: "https://api.anthropic.com", keyEnv: "OTHER_KEY" },
      // The vendor's key stays with the vendor.
      openai: { wire: "openai-responses", baseUrl: "https://proxy.example/v1" },
      gemini: { wire: "openai-chat", baseUrl: "http://127.0.0.1:1/v1" },
    });
  });

  test("agents", () => {
    expect(parsed.agents).toMatchObject({
      pi: { driver: "pi", turnLimitMs: 60_000, silenceLimitMs: 5, toolLimitMs: 6, retryLimitMs: 7 },
      goose: { driver: "command", command: ["goose", "run"] },
      codex: { driver: "acp" },
    });
  });
});

test("what sessions push with is the name of a credential, or that and what they may besides", () => {
  const pushOf = (push: string) => parseConfig(`repositories: { /r: { push: ${push} } }`).repositories["/r"]?.push;
  expect(pushOf("shop")).toEqual({ credential: "shop", force: false, workflows: false });
  expect(pushOf("{ credential: shop, force: true }")).toEqual({ credential: "shop", force: true, workflows: false });
  expect(pushOf("{ credential: shop, workflows: true }")).toEqual({
    credential: "shop",
    force: false,
    workflows: true,
  });
});

test("repositories say what their sessions need", () => {
  const text = `
repositories:
  /srv/shop: { copy: [.env, "apps/*/.env.local", "certs/**"], setup: npm ci, ports: [web, test-api], gate: npm test }
  ~/code/api:
    setup: [make, deps]
    setupTimeoutMs: 0
    teardown: docker compose down
`;
  expect(parseConfig(text).repositories).toEqual({
    "/srv/shop": {
      copy: [".env", "apps/*/.env.local", "certs/**"],
      setup: ["sh", "-c", "npm ci"],
      setupTimeoutMs: 900_000,
      teardownTimeoutMs: 60_000,
      ports: ["web", "test-api"],
      gate: ["sh", "-c", "npm test"],
      gateTimeoutMs: 1_800_000,
      gateNetwork: "none",
      gateTools: [],
      tellConflicts: false,
    },
    "~/code/api": {
      copy: [],
      setup: ["make", "deps"],
      setupTimeoutMs: 0,
      teardown: ["sh", "-c", "docker compose down"],
      teardownTimeoutMs: 60_000,
      ports: [],
      gateTimeoutMs: 1_800_000,
      gateNetwork: "none",
      gateTools: [],
      tellConflicts: false,
    },
  });
});

test("the agent process is started by path", () => {
  const [program, , bundle = ""] = parseConfig("").agentCommand;
  expect(program).toBe(process.execPath);
  expect(bundle).toMatch(/packages\/agent\/dist\/harness-agent\.cjs$/);
  expect(existsSync(bundle)).toBe(true);
  expect(parseConfig("agentCommand: [/opt/other-agent]").agentCommand).toEqual(["/opt/other-agent"]);
});

describe("what is wrong is named with its line", () => {
  test.each([
    ["limit: { concurrent: 8 }", 1, '"limit" is not known. Did you mean limits?'],
    ["\n\nlimits:\n  concurent: 8\n", 4, '"concurent" is not known in limits. Did you mean concurrent?'],
    ["providers:\n  a: { wire: gemini, baseURL: http://x }", 2, "Did you mean baseUrl?"],
    ["agents:\n  a:\n    driver: command\n    comand: [x]\n", 4, "Did you mean command?"],
    ["completelyDifferent: 1", 1, '"completelyDifferent" is not known.'],
    ["providers:\n  a:\n    wire: smoke\n", 3, "providers.a.wire"],
    ["limits:\n  concurrent: 0\n", 2, "limits.concurrent"],
    ["limits:\n  concurrent: many\n", 2, "limits.concurrent"],
    ["agents:\n  a: { command: [x] }\n", 2, "agents.a.driver"],
    ["agents:\n  pi:\n    turnLimitMs: -1\n", 3, "agents.pi.turnLimitMs"],
    ["agents:\n  pi: { silenceLimitMs: 1.5 }\n", 2, "agents.pi.silenceLimitMs"],
    ["providers:\n  local: { baseUrl: 'http://x/v1' }\n", 2, "providers.local.wire"],
    ["providers:\n  a: { wire: gemini, baseUrl: 'file:///etc' }", 2, "not an http or https address"],
    ["providers:\n  a: { wire: gemini, baseUrl: 'https://me:secret@x.example' }", 2, "holds no key"],
    ["defaults: [1]", 1, "defaults"],
    ["a: [1\nb: 2", 2, ""],
    ["limits: {}\nlimits: {}", 2, ""],
    ["just words", 1, ""],
    ["providers:\n  a: { wire: gemini, keyEnv: 'A B' }", 2, "not the name of an environment variable"],
    ["agents:\n  'a b': { driver: command }", 2, ""],
    ["agents:\n  mine: { driver: acp }", 2, "agents.mine.command: It is missing."],
    ["repositories:\n  /r:\n    stup: make\n", 3, '"stup" is not known in repositories./r. Did you mean setup?'],
    ["repositories:\n  r: { setup: make }\n", 2, "named by its absolute path"],
    ["repositories:\n  /r:\n    setup: 1\n", 3, "neither a shell line nor a list of words"],
    ["repositories:\n  /r:\n    push: ../shop\n", 3, "is not the name of a credential"],
    ["repositories:\n  /r:\n    copy: [../.env]\n", 3, "without `..`"],
    ["repositories:\n  /r:\n    copy: [/etc/passwd]\n", 3, "inside the repository"],
    ["repositories:\n  /r:\n    copy: [a/.GIT/config]\n", 3, "not in .git"],
    ["repositories:\n  /r:\n    copy: ['']\n", 3, "inside the repository"],
    ["repositories:\n  /r:\n    ports: [a-b, a_b]\n", 3, "same name"],
    ["repositories:\n  /r:\n    ports: [Web]\n", 3, "lower-case letters"],
    ["repositories:\n  /r:\n    gateNetwork: all\n", 3, "gateNetwork"],
  ])("%j", (text, line, words) => {
    const wanted = expect.objectContaining({ code: "config-invalid", details: { file: "config.yaml", line } });
    expect(() => parseConfig(text)).toThrow(wanted);
    expect(() => parseConfig(text)).toThrow(words);
  });
});

test("names that every object has are nothing special", () => {
  expect(parseConfig("agents: { constructor: { driver: command, command: [x] } }").agents).toHaveProperty(
    "constructor",
  );
  expect(({} as Record<string, unknown>)["driver"]).toBeUndefined();
});

test("limits of the kernel have defaults, and 0 takes one away", () => {
  const { limits } = parseConfig("");
  expect(limits).toMatchObject({ processes: 4096, fileSize: 8 * 1024 ** 3 });
  expect(limits.memory).toBeUndefined();
  expect(parseConfig("limits: { processes: 0, memory: 2GiB, fileSize: 0 }").limits).toMatchObject({
    processes: 0,
    memory: 2 * 1024 ** 3,
    fileSize: 0,
  });
  for (const [mistake, words] of [
    ["processes: 10", "At least 64"],
    ["memory: 1MiB", "At least 256MiB"],
    ["fileSize: lots", "This is no size"],
  ]) {
    expect(() => parseConfig(`limits: { ${mistake} }`)).toThrow(words);
  }
});

test("a network is a word, or a list of hosts that can be read", () => {
  expect(parseConfig("defaults: { network: provider }").defaults.network).toBe("provider");
  const hosts = ["registry.npmjs.org", "127.0.0.1:5432"];
  expect(parseConfig(`defaults: { network: ${JSON.stringify(hosts)} }`).defaults.network).toEqual(hosts);
  for (const [mistake, words] of [
    ["lots", "Choose none, provider, host, or hosts"],
    ['["*.example.com"]', "cannot be listed"],
    ["[localhost]", "write 127.0.0.1:443"],
  ]) {
    expect(() => parseConfig(`defaults: { network: ${mistake} }`)).toThrow(words);
  }
});
