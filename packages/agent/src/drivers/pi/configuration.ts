import { HarnessError, type Wire } from "@harness/core";
import type { ModelChoice } from "../driver.ts";

/**
 * How Pi speaks each wire. `vendor` is Pi's own provider: its models are known with their prices, their windows and
 * how they think, and are asked at the session's endpoint. `id` is what Pi itself takes when nobody names a model.
 */
const WIRES: Readonly<Record<Wire, { api: string; path: string; vendor?: { name: string; id: string } }>> = {
  anthropic: { api: "anthropic-messages", path: "", vendor: { name: "anthropic", id: "claude-opus-4-8" } },
  "openai-responses": { api: "openai-responses", path: "/v1", vendor: { name: "openai", id: "gpt-5.5" } },
  gemini: { api: "google-generative-ai", path: "/v1beta", vendor: { name: "google", id: "gemini-3.1-pro-preview" } },
  // Spoken by whoever serves any model at all: there is no default to choose.
  "openai-chat": { api: "openai-completions", path: "/v1" },
};

/** The provider of models that Pi does not know. */
const OWN = "harness";
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface PiConfiguration {
  /** The file models.json. */
  readonly models: unknown;
  /** The file settings.json. */
  readonly settings: unknown;
  /** The model's id, and the providers that may have it, best first. */
  readonly model: { readonly id: string; readonly providers: readonly string[] };
}

/** What Pi has to be told for a session's model. Holds the key's variable, never the key. Pure. Throws `model-not-chosen` and `session-damaged`. */
export function configure(choice: ModelChoice): PiConfiguration {
  const { api, vendor } = WIRES[choice.wire];
  const id = choice.id ?? vendor?.id;
  if (id === undefined) {
    throw new HarnessError(
      "model-not-chosen",
      `An endpoint that speaks ${choice.wire} has no model that goes without saying.`,
    );
  }
  const endpoint = { baseUrl: endpointUrl(choice), apiKey: keyReference(choice.keyEnv) };
  const providers = {
    ...(vendor && { [vendor.name]: endpoint }),
    [OWN]: { ...endpoint, api, models: [{ id }] },
  };
  return {
    models: { providers },
    settings: {
      defaultProvider: vendor?.name ?? OWN,
      defaultModel: id,
      // About seven seconds: enough for a hiccup, and a person hears of the rest soon.
      retry: { enabled: true, maxRetries: 3, baseDelayMs: 1_000 },
      enableInstallTelemetry: false,
      enableAnalytics: false,
      defaultProjectTrust: "never",
    },
    model: { id, providers: Object.keys(providers) },
  };
}

/** A version as the last part of a path, such as /v1 or /v1beta. */
const VERSION = /\/v[0-9][a-z0-9.]*$/;

/** Endpoints are named with or without their version; Pi wants it where its wire's library does not add it. */
function endpointUrl({ wire, baseUrl }: ModelChoice): string {
  const bare = baseUrl.replace(/\/+$/, "");
  const { path } = WIRES[wire];
  if (path === "") return bare.replace(VERSION, "");
  return VERSION.test(bare) ? bare : bare + path;
}

function keyReference(name: string | undefined): string {
  // Pi uses no endpoint without a key; one that needs none does not mind this.
  if (name === undefined) return "none";
  if (VARIABLE.test(name)) return `\${${name}}`;
  throw new HarnessError(
    "session-damaged",
    `endpoint.keyEnv is ${JSON.stringify(name.slice(0, 80))}, which names no variable.`,
  );
}
