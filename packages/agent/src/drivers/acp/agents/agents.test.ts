import { describe, expect, it } from "vitest";
import type { ModelChoice } from "../../driver.ts";
import { chooseDescriptor } from "./choose-descriptor.ts";

const KEY = "sk-secret-of-the-person";
const model = (wire: ModelChoice["wire"]): ModelChoice => ({
  wire,
  baseUrl: "http://127.0.0.1:8800/v1",
  keyEnv: "MODEL_KEY",
  id: 'some "model"\n[x]',
});
const prepare = (name: string, choice = model("openai-responses")) =>
  chooseDescriptor({ name }).prepare({ home: "/h", model: choice, key: KEY });

describe("what a coding agent is told", () => {
  it.each(["goose", "codex", "claude", "opencode", "gemini"])(
    "holds no key in a file, and no place outside the home: %s",
    (name) => {
      const { variables, files } = prepare(name);
      expect(files.map(({ text }) => text).join("")).not.toContain(KEY);
      for (const { path } of files) expect(path).toMatch(/^\.[a-z./]+$/);
      const places = Object.values(variables).filter((value) => value.startsWith("/"));
      expect(places.length).toBeGreaterThan(0);
      for (const place of places) expect(place).toMatch(/^\/h(\/|$)/);
    },
  );

  it.each([
    ["goose", "openai-chat", { GOOSE_PROVIDER: "openai", OPENAI_HOST: "http://127.0.0.1:8800", OPENAI_API_KEY: KEY }],
    ["goose", "anthropic", { GOOSE_PROVIDER: "anthropic", ANTHROPIC_HOST: "http://127.0.0.1:8800" }],
    ["goose", "gemini", { GOOSE_PROVIDER: "google", GOOGLE_API_KEY: KEY }],
    ["claude", "anthropic", { ANTHROPIC_BASE_URL: "http://127.0.0.1:8800", ANTHROPIC_API_KEY: KEY }],
    ["gemini", "gemini", { GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:8800", GEMINI_API_KEY: KEY }],
  ] as const)("names the endpoint and the key as %s wants them for %s", (name, wire, expected) => {
    expect(prepare(name, model(wire)).variables).toMatchObject(expected);
  });

  it("names only the key's variable to Codex, and lets no text end its string", () => {
    const { files } = prepare("codex");
    expect(files[0]?.text).toContain('env_key = "MODEL_KEY"\n');
    expect(files[0]?.text).toContain('[shell_environment_policy]\nexclude = ["MODEL_KEY"]\n');
    expect(files[0]?.text).toContain(String.raw`model = "some \"model\"\n[x]"`);
    expect(files[0]?.text).toContain('base_url = "http://127.0.0.1:8800/v1"\n');
  });

  it("names only the key's variable to OpenCode", () => {
    const config = JSON.parse(prepare("opencode", model("anthropic")).files[0]?.text ?? "");
    expect(config.provider.harness).toMatchObject({ npm: "@ai-sdk/anthropic", options: { apiKey: "{env:MODEL_KEY}" } });
  });

  it.each(["goose", "codex", "claude", "opencode", "gemini"])(
    "leaves the model to %s where the session names none",
    (name) => {
      const { variables, files } = chooseDescriptor({ name }).prepare({ home: "/h", model: null, key: undefined });
      const told = JSON.stringify([variables, files]);
      expect(told).not.toMatch(/harness\/|model_provider|_API_KEY|BASE_URL|_HOST/);
    },
  );

  it("is nothing for an agent that is not known", () => {
    expect(prepare("constructor")).toEqual({ variables: {}, files: [] });
  });
});
