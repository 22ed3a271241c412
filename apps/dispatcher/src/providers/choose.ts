import { HarnessError, type Wire } from "@harness/core";
import type { Config } from "../config.ts";
import type { Provider } from "./built-in.ts";

export interface ProviderWish {
  config: Pick<Config, "providers" | "defaults">;
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether the key of a provider is kept here. */
  holdsKey(provider: string): boolean;
  agent: string;
  /** What the coding agent speaks; null: it asks no model that is known here, and is given one only on demand. */
  wires: readonly Wire[] | null;
  /** Whether the default of config.yaml holds for this coding agent. */
  takesDefault: boolean;
  asked: string | undefined;
}

export interface ChosenProvider extends Provider {
  name: string;
}

/**
 * The provider of a new session: the one asked for, else the default, else the first that can be used as it is: those of
 * config.yaml come first, as written, then the built-in ones. Pure. Throws `provider-not-chosen`, `request-invalid` and
 * `wire-not-spoken`.
 */
export function chooseProvider(wish: ProviderWish): ChosenProvider | null {
  const { config, asked, takesDefault, wires } = wish;
  const name = asked ?? (takesDefault ? config.defaults.provider : undefined);
  if (name !== undefined) return requireSpoken(wish, named(wish, name));
  if (wires === null) return null;
  const first = Object.keys(config.providers).find((candidate) => isUsable(wish, candidate));
  if (first === undefined) throw nothingChosen(wish);
  return named(wish, first);
}

function named({ config, asked }: ProviderWish, name: string): ChosenProvider {
  const provider = Object.hasOwn(config.providers, name) ? config.providers[name] : undefined;
  if (provider !== undefined) return { name, ...provider };
  const whose = asked === undefined ? "The default provider" : "The provider";
  throw new HarnessError("request-invalid", `${whose} ${JSON.stringify(name.slice(0, 80))} is not known.`, {
    hint: `Known: ${Object.keys(config.providers).join(", ")}. Add others to \`providers\` in config.yaml.`,
  });
}

function requireSpoken({ agent, wires }: ProviderWish, provider: ChosenProvider): ChosenProvider {
  if (wires === null || wires.includes(provider.wire)) return provider;
  throw new HarnessError(
    "wire-not-spoken",
    `${agent} speaks ${wires.join(", ")}, and the provider ${provider.name} is reached by ${provider.wire}.`,
    {
      hint: "Choose another provider with --provider, or another coding agent with --agent: `pi` speaks every wire format.",
      details: { agent, speaks: wires, provider: provider.name, wire: provider.wire },
    },
  );
}

function isUsable({ config, environment, wires, holdsKey }: ProviderWish, name: string): boolean {
  const provider = config.providers[name];
  if (provider === undefined || wires?.includes(provider.wire) !== true) return false;
  return provider.keyEnv === undefined || Boolean(environment[provider.keyEnv]) || holdsKey(name);
}

function nothingChosen({ config, agent, wires }: ProviderWish): HarnessError {
  const fitting = Object.entries(config.providers).filter(([, { wire }]) => wires?.includes(wire) === true);
  const variables = fitting.flatMap(([, { keyEnv }]) => (keyEnv === undefined ? [] : [keyEnv]));
  const keys = variables.length === 0 ? "" : `, and none of ${variables.join(", ")} is set where the dispatcher runs`;
  const local = wires?.includes("openai-chat") === true;
  const [what, example] = local
    ? ["a local model", "{ wire: openai-chat, baseUrl: http://127.0.0.1:11434/v1, model: NAME }"]
    : ["a provider", `{ wire: ${wires?.[0]}, baseUrl: ADDRESS, keyEnv: VARIABLE }`];
  const exported = variables.length === 0 ? "" : `Export ${variables.length === 1 ? "it" : "one of them"}, or write `;
  return new HarnessError(
    "provider-not-chosen",
    `Nothing says which model ${agent} is to use: no provider is chosen${keys}.`,
    {
      hint: `${exported || "Write "}${what} into config.yaml: \`providers: { mine: ${example} }\`. Then restart the dispatcher: \`harness down\`, \`harness up\`.`,
      details: { agent, variables },
    },
  );
}
