import { isHarnessError } from "@harness/core";
import { builtInAgent } from "../../coding-agents/built-in.ts";
import { listCodingAgents } from "../../coding-agents/list.ts";
import type { Config } from "../../config.ts";
import type { Context } from "../../context.ts";
import { hasKey } from "../../credentials/needs-worker.ts";
import { findLogin } from "../../credentials/find-login.ts";
import { findCredential, type Protection } from "../../credentials/store.ts";
import { chooseProvider } from "../../providers/choose.ts";
import { ok, weak, type Finding } from "./finding.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Known = Pick<Context, "root" | "config" | "environment">;

/** Whether a session that names nothing has a coding agent and a model, and where its key will be. */
export async function findCodingAgents({ root, config, environment }: Known): Promise<Finding[]> {
  return [
    ...(await findAgents(config, environment)),
    findProvider({ root, config, environment }),
    ...findKeys({ root, config, environment }),
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

function findProvider(known: Known): Finding {
  const { config, environment } = known;
  const name = "model";
  const { agent } = config.defaults;
  const driver = config.agents[agent]?.driver ?? "";
  const wires = builtInAgent(agent, driver)?.wires ?? null;
  try {
    const holdsKey = (provider: string) => findCredential(known.root, provider) !== null;
    const wish = { config, environment, holdsKey, agent, wires, takesDefault: driver !== "scripted", asked: undefined };
    const provider = chooseProvider(wish);
    if (provider === null) return ok(name, `${agent} brings its own, or needs none`);
    if (provider.keyEnv === undefined || hasKey(known, provider.name, provider))
      return ok(name, `${provider.name}: ${provider.baseUrl} (${provider.wire})`);
    return weak(
      name,
      `${provider.keyEnv}, the key of ${provider.name}, is not set here.`,
      `\`harness credential set ${provider.name}\` takes it; or export it where the dispatcher is started.`,
    );
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return weak(name, error.message, error.hint);
  }
}

function findKeys(known: Known): Finding[] {
  const { providers } = known.config;
  const held = Object.entries(providers).filter(([name, provider]) => hasKey(known, name, provider));
  if (held.length === 0) return [];
  const findings = held.map(([name, { keyEnv }]) => {
    const stored = findCredential(known.root, name);
    const where = stored === null ? `from ${keyEnv} of the dispatcher's environment` : PROTECTIONS[stored.protection];
    const login = stored && findLogin(known.root, stored);
    if (login?.state === "needs-login")
      return weak(
        `provider ${name}`,
        `needs-login: its OAuth login has ended (${login.reason}).`,
        `Log in again with the provider's own program, then \`harness credential set ${name} --oauth\`.`,
      );
    return ok(`provider ${name}`, `${login === null ? "key" : "OAuth login"} in credential worker; ${where}`);
  });
  return findings;
}

const PROTECTIONS: Readonly<Record<Protection, string>> = {
  file: "kept in a file that only this user can read, and not encrypted",
  passphrase: "kept under a passphrase",
  keychain: "kept in the system's keychain (not tested)",
};
