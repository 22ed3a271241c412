import type { Wire } from "@harness/core";
import type { JobShare } from "@harness/credentials";

/** Where a model is found. `baseUrl` is what the vendor's own client library takes under that name. */
export interface Provider {
  readonly wire: Wire;
  readonly baseUrl: string;
  /** The variable of the dispatcher's environment that holds the key. */
  readonly keyEnv?: string | undefined;
  /** The model of a session that names none. */
  readonly model?: string | undefined;
  /** What each session may spend, and what all sessions of one job together. */
  readonly budget?:
    | { readonly tokens?: number | undefined; readonly perJob?: Omit<JobShare, "name"> | undefined }
    | undefined;
  /** What all sessions together may ask for. */
  readonly limits?:
    | { readonly concurrent?: number | undefined; readonly requestsPerMinute?: number | undefined }
    | undefined;
}

export const DEFAULT_BASE_URLS: Readonly<Record<Wire, string>> = {
  anthropic: "https://api.anthropic.com",
  "openai-responses": "https://api.openai.com/v1",
  "openai-chat": "https://api.openai.com/v1",
  gemini: "https://generativelanguage.googleapis.com",
};

const vendor = (wire: Wire, keyEnv: string): Provider => ({ wire, baseUrl: DEFAULT_BASE_URLS[wire], keyEnv });

/** Known without a line in config.yaml. */
export const BUILT_IN_PROVIDERS: Readonly<Record<string, Provider>> = {
  anthropic: vendor("anthropic", "ANTHROPIC_API_KEY"),
  openai: vendor("openai-responses", "OPENAI_API_KEY"),
  gemini: vendor("gemini", "GEMINI_API_KEY"),
};

/** What config.yaml says of a provider; of a built-in one it may say a part. */
export type ConfiguredProvider = { [K in keyof Provider]?: Provider[K] | undefined };

/** A provider of config.yaml in full; null where nothing says which wire it speaks. */
export function completeProvider(name: string, own: ConfiguredProvider): Provider | null {
  const known = Object.hasOwn(BUILT_IN_PROVIDERS, name) ? BUILT_IN_PROVIDERS[name] : undefined;
  const wire = own.wire ?? known?.wire;
  if (wire === undefined) return null;
  const base = known?.wire === wire ? known : undefined;
  // A vendor's key never goes to another address than the vendor's because somebody left a line out.
  const keyEnv = own.keyEnv ?? (own.baseUrl === undefined ? base?.keyEnv : undefined);
  const baseUrl = (own.baseUrl ?? DEFAULT_BASE_URLS[wire]).replace(/\/+$/, "");
  const { model, budget, limits } = own;
  return {
    wire,
    baseUrl,
    ...(keyEnv ? { keyEnv } : {}),
    ...(model ? { model } : {}),
    ...(budget ? { budget } : {}),
    ...(limits ? { limits } : {}),
  };
}
