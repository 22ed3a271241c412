import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CodingAgent } from "../coding-agents/list.ts";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
let bin: string;
beforeEach(() => {
  line = openCommandLine();
  bin = join(line.directory, "bin");
  mkdirSync(bin);
  mkdirSync(line.root.path, { recursive: true });
});
afterEach(() => line[Symbol.asyncDispose]());

function install(name: string, script: string): string {
  const path = join(bin, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}
const env = (more: Record<string, string> = {}) => ({ PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, ...more });

async function agents(): Promise<{ find(name: string): CodingAgent | undefined; all: CodingAgent[] }> {
  const all: CodingAgent[] = (await line.run(["agents", "--json"], { env: env() })).json();
  return { all, find: (name) => all.find((agent) => agent.name === name) };
}

describe("harness agents", () => {
  test("knows the embedded one, those on PATH and those of config.yaml, with the dispatcher down", async () => {
    const asked = join(line.directory, "asked");
    const goose = install("goose", `echo "$HOME" >> ${asked}; echo " 1.52.0-test"`);
    install("mine", `echo never >> ${asked}`);
    writeFileSync(line.root.config, "defaults: { agent: mine }\nagents: { mine: { driver: acp, command: [mine] } }\n");
    const { all, find } = await agents();
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["pi", "goose", "codex", "claude", "opencode", "gemini", "scripted", "mine"]),
    );
    expect(find("pi")).toMatchObject({ driver: "pi", installed: true, isDefault: false, licence: "MIT" });
    expect(find("pi")?.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(existsSync(find("pi")?.path ?? "")).toBe(true);
    expect(find("goose")).toMatchObject({ installed: true, path: goose, version: "1.52.0-test" });
    expect(find("mine")).toMatchObject({ installed: true, isDefault: true, version: null, wires: null });
    // Neither in the person's home, nor a program that is none of ours.
    expect(readFileSync(asked, "utf8")).not.toMatch(new RegExp(`never|^${line.directory}$`, "m"));
    expect(existsSync(line.root.run.path)).toBe(false);
  });

  test("says how to install what is missing, and that a program does not tell its version", async () => {
    install("goose", "exit 3");
    const { find } = await agents();
    expect(find("goose")).toMatchObject({ installed: true, version: null });
    expect(find("gemini")).toMatchObject({
      installed: false,
      path: null,
      install: "npm install -g @google/gemini-cli",
      wires: ["gemini"],
    });
    const shown = (await line.run(["agents"], { env: env() })).stdout;
    expect(shown).toMatch(/^pi +[\d.]+ +its own RPC mode +\(default\)$/m);
    expect(shown).toMatch(/^gemini +not installed +Agent Client Protocol/m);
    expect(shown).toContain("install: npm install -g @google/gemini-cli");
    expect(shown).toContain("speaks openai-responses; driver acp");
  });

  test("tells what the dispatcher finds while it runs", async () => {
    const goose = install("goose", "echo 1.2.3");
    expect((await line.run(["up", "--detach", "--port", "0"], { env: env() })).code).toBe(0);
    const asked: CodingAgent[] = (await line.run(["agents", "--json"], { env: { PATH: "/usr/bin:/bin" } })).json();
    expect(asked.find(({ name }) => name === "goose")).toMatchObject({ path: goose, version: "1.2.3" });
    expect((await line.run(["doctor"], { env: env() })).stdout).toMatch(
      /^ok +coding agent +pi .*the default; also .*goose/m,
    );
  });
});

describe("harness spawn", () => {
  const spawn = (words: string[], more: Record<string, string> = {}) =>
    line.run(["spawn", "fix it", "--no-repo", ...words, "--json"], { env: env(more) });
  const refusal = async (words: string[], more: Record<string, string> = {}) => {
    const { code, stderr } = await spawn(words, more);
    // The note that a dispatcher was started stands before it.
    return { code, ...JSON.parse(stderr.slice(stderr.indexOf("{"))).error };
  };
  const listed = async () => (await line.run(["ps", "--all", "--json"])).json();

  test("without a key and a provider says what to do, and makes nothing", async () => {
    const refused = await refusal([]);
    expect(refused).toMatchObject({ code: "provider-not-chosen", hint: expect.stringContaining("config.yaml") });
    expect(refused.message).toContain("ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY");
    const here = await refusal([], { OPENAI_API_KEY: "sk-canary" });
    expect(here.hint).toMatch(/^OPENAI_API_KEY is set here, and was not when the dispatcher was started/);
    const asked = await refusal(["--provider", "anthropic"], { ANTHROPIC_API_KEY: "sk-canary" });
    expect(asked).toMatchObject({
      code: "key-not-set",
      hint: expect.stringContaining("is set here, and was not when"),
    });
    expect(await listed()).toEqual([]);
    expect((await line.run(["doctor"], { env: env() })).stdout).toMatch(
      /^weak +model +Nothing says which model pi is to use/m,
    );
  });

  test("hands a key to the dispatcher that it starts for its credential worker, and writes no key down", async () => {
    const { code, stdout } = await spawn(["--agent", "scripted", "--provider", "openai", "--model", "some-model"], {
      OPENAI_API_KEY: "sk-canary",
    });
    expect(code).toBe(0);
    const { id } = JSON.parse(stdout);
    const spec = readFileSync(line.root.session(id).spec, "utf8");
    expect(JSON.parse(spec)).toMatchObject({
      agent: { name: "scripted", passEnv: ["OPENAI_API_KEY"] },
      provider: "openai",
      model: "some-model",
      endpoint: { wire: "openai-responses", baseUrl: "https://api.openai.com/v1", keyEnv: "OPENAI_API_KEY" },
    });
    expect(spec).not.toContain("canary");
    // From another terminal, where the variable is not set: what counts is what the session was given.
    const shown = (await line.run(["show", id], { env: env() })).stdout;
    expect(shown).toMatch(/^model +some-model, from openai, https:\/\/api\.openai\.com\/v1 \(openai-responses\)$/m);
    expect(shown).toMatch(/^key +key in credential worker$/m);
    expect((await line.run(["ps"])).stdout).toMatch(/^ID .* AGENT +MODEL +BRANCH/m);
  });

  test("an agent that is not installed, and a wire that it does not speak, are refused before anything is made", async () => {
    expect(await refusal(["--agent", "gemini"])).toMatchObject({
      code: "agent-not-installed",
      hint: expect.stringContaining("npm install -g @google/gemini-cli"),
    });
    install("claude-agent-acp", "exit 0");
    expect(await refusal(["--agent", "claude", "--provider", "openai"])).toMatchObject({
      code: "wire-not-spoken",
      message: expect.stringContaining("claude speaks anthropic"),
    });
    expect(await listed()).toEqual([]);
  });
});
