import { isHarnessError } from "@harness/core";
import { builtInAgent } from "../../coding-agents/built-in.ts";
import { listCodingAgents } from "../../coding-agents/list.ts";
import type { Config } from "../../config.ts";
import { BUILT_IN_PROVIDERS } from "../../providers/built-in.ts";
import { chooseProvider } from "../../providers/choose.ts";
import { ok, weak, type Finding } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a session that names nothing has a coding agent and a model, and where its key will be. */
export async function findCodingAgents(config: Config, environment: Environment): Promise<Finding[]> {
  return [
    ...(await findAgents(config, environment)),
    findProvider(config, environment),
    ...findKeys(config, environment),
  ];
}

async function findAgents(config: Config, environment: Environment): Promise<Finding[]> {
  const name = "coding agent";
  const all = await listCodingAgents({ config, environment });
  const standard = all.find(({ isDefault }) => isDefault);
  const others = all.filter((agent) => agent.installed && !agent.isDefault && agent.driver !== "scripted");
  const also = others.length === 0 ? "" : `; also ${others.map((agent) => agent.name).join(", ")}`;
  if (standard === undefined) {
    const text = `The default agent ${config.defaults.agent} is not known${also}.`;
    return [weak(name, text, "Correct defaults.agent in config.yaml; `harness agents` lists what is known.")];
  }
  if (standard.installed) {
    return [ok(name, `${[standard.name, standard.version].filter(Boolean).join(" ")}, the default${also}`)];
  }
  const mend = standard.install ?? `Install it, or correct agents.${standard.name}.command in config.yaml.`;
  return [weak(name, `The default agent ${standard.name} is not installed${also}.`, mend)];
}

function findProvider(config: Config, environment: Environment): Finding {
  const name = "model";
  const { agent } = config.defaults;
  const driver = config.agents[agent]?.driver ?? "";
  const wires = builtInAgent(agent, driver)?.wires ?? null;
  try {
    const wish = { config, environment, agent, wires, takesDefault: driver !== "scripted", asked: undefined };
    const provider = chooseProvider(wish);
    if (provider === null) return ok(name, `${agent} brings its own, or needs none`);
    if (provider.keyEnv === undefined || environment[provider.keyEnv])
      return ok(name, `${provider.name}: ${provider.baseUrl} (${provider.wire})`);
    return weak(
      name,
      `${provider.keyEnv}, the key of ${provider.name}, is not set here.`,
      "Export it where the dispatcher is started.",
    );
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return weak(name, error.message, error.hint);
  }
}

function findKeys({ providers }: Config, environment: Environment): Finding[] {
  return Object.entries(providers).flatMap(([provider, { keyEnv }]) => {
    const isIdle = Object.hasOwn(BUILT_IN_PROVIDERS, provider) && !environment[keyEnv ?? ""];
    if (keyEnv === undefined || isIdle) return [];
    const text = `key inside session: sessions that use ${provider} are handed ${keyEnv} as it is.`;
    return [weak(`provider ${provider}`, text, "Give them a key with a spending limit.")];
  });
}
