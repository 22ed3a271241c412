import { basename } from "node:path";
import { HarnessError, timestamp, type AgentChoice, type SessionSpec } from "@harness/core";
import { builtInAgent, installHint } from "../coding-agents/built-in.ts";
import { findCommand } from "../coding-agents/find-command.ts";
import type { Context } from "../context.ts";
import { hasKey, keyVariable } from "../credentials/needs-worker.ts";
import { demoProviders, isDemoProvider } from "../demo/model/providers.ts";
import { nearestWord } from "../nearest-word.ts";
import { chooseProvider, type ChosenProvider } from "../providers/choose.ts";
import { networkOf } from "./network-wish.ts";
import { resourceLimits } from "./resources.ts";
import type { SpawnInput } from "./schema.ts";

type Known = Pick<Context, "root" | "config" | "environment" | "clock">;

export interface SessionPlan {
  spec: SessionSpec;
  /** What the person should know, a sentence each. */
  notes: string[];
}

/**
 * What is asked of a new session, defaults filled in. Changes nothing. Throws `agent-not-found`, `agent-not-installed`,
 * `provider-not-chosen`, `key-not-set`, `model-not-chosen`, `wire-not-spoken` and `request-invalid`.
 */
export function planSession(context: Known, input: SpawnInput, id: string): SessionPlan {
  const { config, clock } = context;
  const agent = chooseAgent(context, input);
  const provider = providerOf(context, input, agent);
  const key = provider === null ? undefined : (keyVariable(context, provider.name, provider) ?? undefined);
  const model = input.model ?? provider?.model ?? config.defaults.model;
  if (model === undefined && provider !== null) refuseWithoutModel(agent, provider);
  const lacksKey = provider?.keyEnv !== undefined && !hasKey(context, provider.name, provider);
  if (lacksKey && !mayDoWithoutKey(agent)) throw keyNotSet(provider.name, provider.keyEnv ?? "");
  const sandbox = input.sandbox ?? config.defaults.sandbox ?? "auto";
  const network = input.network ?? config.defaults.network;
  const base = input.base ?? config.defaults.base;
  const branch = input.branch ?? (input.repository === undefined ? undefined : `harness/${input.name ?? id}`);
  const spec: SessionSpec = {
    v: 1,
    id,
    task: input.task,
    agent: key === undefined ? agent : { ...agent, passEnv: [key] },
    createdAt: timestamp(clock),
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(provider === null ? {} : { provider: provider.name, endpoint: endpointOf(provider, key) }),
    ...(model === undefined ? {} : { model }),
    sandbox,
    ...networkOf(network),
    ...(branch === undefined ? {} : { branch }),
    ...(input.repository === undefined
      ? {}
      : { repository: input.repository, ...(base === undefined ? {} : { base }) }),
    limits: resourceLimits(config.limits),
    ...(input.labels === undefined ? {} : { labels: input.labels }),
  };
  return {
    spec,
    notes: lacksKey ? [`${provider.keyEnv} is not set where the dispatcher runs: the session has no key.`] : [],
  };
}

// A program of somebody's own may know another way, and what is scripted asks no model.
function mayDoWithoutKey({ driver }: AgentChoice): boolean {
  return driver === "command" || driver === "scripted";
}

function keyNotSet(provider: string, key: string): HarnessError {
  return new HarnessError(
    "key-not-set",
    `${key}, the key of the provider ${provider}, is not set where the dispatcher runs.`,
    {
      hint: `\`harness credential set ${provider}\` takes it. Or export it and restart the dispatcher: \`harness down\`, \`harness up\`. Or choose another provider with --provider.`,
      details: { provider, variables: [key] },
    },
  );
}

function refuseWithoutModel({ name = "", driver }: AgentChoice, { name: provider, wire }: ChosenProvider): void {
  if (builtInAgent(name, driver)?.needsModel.includes(wire) !== true) return;
  throw new HarnessError("model-not-chosen", `${name} has no model of its own choice for the provider ${provider}.`, {
    hint: `Name one with --model, or as providers.${provider}.model in config.yaml.`,
  });
}

function endpointOf({ wire, baseUrl }: ChosenProvider, key: string | undefined): NonNullable<SessionSpec["endpoint"]> {
  return { wire, baseUrl, ...(key === undefined ? {} : { keyEnv: key }) };
}

function chooseAgent(context: Known, input: SpawnInput): AgentChoice {
  const { config } = context;
  const [program] = input.command ?? [];
  if (input.command !== undefined && program !== undefined) {
    if (input.agent !== undefined)
      throw new HarnessError("request-invalid", "Both an agent and a command are given.", {
        hint: "Name one of them.",
      });
    return { name: basename(program), driver: "command", command: input.command };
  }
  const name = input.agent ?? config.defaults.agent;
  const agent = Object.hasOwn(config.agents, name) ? config.agents[name] : undefined;
  if (agent === undefined) throw unknownAgent(name, Object.keys(config.agents), input.agent === undefined);
  if (input.script === undefined) return { name, ...agent, ...commandOf(context, name) };
  if (agent.driver === "scripted") return { name, ...agent, script: input.script };
  throw new HarnessError("request-invalid", `A script is given, and the agent ${name} takes none.`, {
    hint: "Use the agent `scripted`.",
  });
}

/** What starts the agent, by its path: the agent process has no say in what PATH means. Throws `agent-not-installed`. */
function commandOf({ config, environment }: Known, name: string): { command?: string[]; compileCache?: string } {
  const agent = config.agents[name];
  if (agent === undefined) return {};
  const found = findCommand(name, agent, environment["PATH"] ?? "");
  if (found.installed) {
    const { command, compileCache } = found;
    return { ...(command === undefined ? {} : { command }), ...(compileCache === undefined ? {} : { compileCache }) };
  }
  const known = builtInAgent(name, agent.driver);
  if (agent.command !== undefined || known === null) {
    const program = JSON.stringify(agent.command?.[0] ?? name);
    throw new HarnessError(
      "agent-not-installed",
      `The program of the agent ${name}, ${program}, is not on the dispatcher's PATH.`,
      {
        hint: `Install it, or correct agents.${name}.command in config.yaml.`,
      },
    );
  }
  throw new HarnessError("agent-not-installed", `The coding agent ${name} is not installed here.`, {
    hint: `\`${installHint(known)}\` installs it; \`harness agents\` shows which are.`,
  });
}

function unknownAgent(name: string, known: string[], isDefault: boolean): HarnessError {
  const near = nearestWord(name, known);
  const what = isDefault
    ? `The default agent ${name} is not set up.`
    : `There is no agent ${JSON.stringify(name.slice(0, 80))}.`;
  const hint =
    near === null
      ? `Known: ${known.join(", ")}. Add others to \`agents\` in config.yaml, or give a command of your own.`
      : `Did you mean ${near}?`;
  return new HarnessError("agent-not-found", what, { hint, details: { known } });
}

function providerOf(context: Known, input: SpawnInput, agent: AgentChoice): ChosenProvider | null {
  const { root, config, environment } = context;
  const name = agent.name ?? agent.driver;
  const providers = isDemoProvider(input.provider) ? { ...config.providers, ...demoProviders(root) } : config.providers;
  return chooseProvider({
    config: { ...config, providers },
    environment,
    holdsKey: (provider) => hasKey(context, provider, {}),
    agent: name,
    wires: builtInAgent(name, agent.driver)?.wires ?? null,
    // The scripted driver asks no model, so that it gets no provider unless one is asked for.
    takesDefault: agent.driver !== "scripted",
    asked: input.provider,
  });
}
