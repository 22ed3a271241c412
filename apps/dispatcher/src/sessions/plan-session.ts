import { basename } from "node:path";
import { HarnessError, timestamp, type AgentChoice, type SessionSpec } from "@harness/core";
import type { Context } from "../context.ts";
import { nearestWord } from "../nearest-word.ts";
import { keyVariable } from "./provider-key.ts";
import type { SpawnInput } from "./schema.ts";

type Known = Pick<Context, "config" | "environment" | "clock">;

export interface SessionPlan {
  spec: SessionSpec;
  /** What the person should know, a sentence each. */
  notes: string[];
}

/** What is asked of a new session, defaults filled in. Throws `agent-not-found` and `request-invalid`. */
export function planSession(context: Known, input: SpawnInput, id: string): SessionPlan {
  const { config, clock } = context;
  const agent = chooseAgent(context, input);
  const provider = chooseProvider(context, input, agent);
  const key = keyVariable(config, provider);
  const model = input.model ?? config.defaults.model;
  const sandbox = input.sandbox ?? config.defaults.sandbox;
  const base = input.base ?? config.defaults.base;
  const branch = input.branch ?? (input.repository === undefined ? undefined : `harness/${input.name ?? id}`);
  const spec: SessionSpec = {
    v: 1,
    id,
    task: input.task,
    agent: key === null ? agent : { ...agent, passEnv: [key] },
    createdAt: timestamp(clock),
    ...(input.name === undefined ? {} : { name: input.name }),
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(branch === undefined ? {} : { branch }),
    ...(input.repository === undefined
      ? {}
      : { repository: input.repository, ...(base === undefined ? {} : { base }) }),
    ...(input.labels === undefined ? {} : { labels: input.labels }),
  };
  const missing = key !== null && !context.environment[key];
  return {
    spec,
    notes: missing ? [`${key} is not set where the dispatcher runs: ${provider} will refuse the session.`] : [],
  };
}

function chooseAgent({ config }: Known, input: SpawnInput): AgentChoice {
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
  if (input.script === undefined) return { name, ...agent };
  if (agent.driver === "scripted") return { name, ...agent, script: input.script };
  throw new HarnessError("request-invalid", `A script is given, and the agent ${name} takes none.`, {
    hint: "Use the agent `scripted`.",
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

// The scripted driver asks no model, so that it gets no provider unless one is asked for.
function chooseProvider({ config }: Known, input: SpawnInput, agent: AgentChoice): string | undefined {
  const name = input.provider ?? (agent.driver === "scripted" ? undefined : config.defaults.provider);
  if (name === undefined || Object.hasOwn(config.providers, name)) return name;
  const known = Object.keys(config.providers);
  throw new HarnessError("request-invalid", `There is no provider ${JSON.stringify(name.slice(0, 80))}.`, {
    hint: known.length === 0 ? "Add it to `providers` in config.yaml." : `Known: ${known.join(", ")}.`,
  });
}
