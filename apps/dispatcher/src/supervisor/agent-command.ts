import { UNDECIDED_DRIVER, type SessionPaths, type SessionSpec } from "@harness/core";
import type { Config } from "../config.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the agent process needs of the dispatcher's own variables: HOME says what to hide. Everything else stays here. */
const PASSED = /^(?:PATH|HOME|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM)$/;

/** glibc then gives memory back: several MiB of every session that has worked. The agent's launcher sets the same. */
const LEAN_MEMORY = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_MMAP_THRESHOLD_: "65536",
  MALLOC_TOP_PAD_: "0",
};

export interface ArgumentFacts {
  id: string;
  spec: SessionSpec | null;
  nonce: string;
  config: Config;
}

export function agentArguments({ id, spec, nonce, config }: ArgumentFacts): string[] {
  const branch = spec?.branch === undefined ? [] : ["--branch", spec.branch];
  const own = ["--session", id, ...branch, "--ready-fd", "3", "--nonce", nonce];
  return spec?.agent.driver === UNDECIDED_DRIVER ? [...own, ...defaultAgent(config)] : own;
}

// A session that names no coding agent gets the configured one, where its arguments can say all of it: one that asks a
// model needs an endpoint, which only session.json can name.
function defaultAgent({ agents, defaults }: Config): string[] {
  const agent = Object.hasOwn(agents, defaults.agent) ? agents[defaults.agent] : undefined;
  if (agent?.driver === "command" && agent.command !== undefined) return ["--", ...agent.command];
  return agent?.driver === "scripted" ? ["--agent", "scripted"] : [];
}

export interface EnvironmentFacts {
  /** The dispatcher's own variables. */
  own: Environment;
  paths: SessionPaths;
  /** What its credential worker is reached by. */
  granted: Readonly<Record<string, string>>;
  /** What is known of the machine's sandbox, so that it is not found out anew at each start. */
  sandbox?: string | undefined;
}

/** No key of a provider is in it: only what the session's credential worker takes instead. */
export function agentEnvironment({ own, paths, granted, sandbox }: EnvironmentFacts): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && PASSED.test(name)) environment[name] = value;
  }
  if (sandbox !== undefined) environment["HARNESS_SANDBOX_FOUND"] = sandbox;
  return { ...environment, ...LEAN_MEMORY, ...granted, HARNESS_STATE: paths.directory };
}
