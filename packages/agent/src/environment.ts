import { join } from "node:path";
import type { AgentChoice } from "@harness/core";

export type Environment = Record<string, string>;

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const PASSED = /^(?:PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|GIT_(?:AUTHOR|COMMITTER)_(?:NAME|EMAIL|DATE))$/;

/** The coding agent's own places, all below the session's home; `directories` have to exist before it starts. */
export function homePlaces(home: string): { variables: Environment; directories: string[] } {
  const variables = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    XDG_DATA_HOME: join(home, ".local", "share"),
    XDG_STATE_HOME: join(home, ".local", "state"),
    XDG_RUNTIME_DIR: join(home, ".run"),
    TMPDIR: join(home, "tmp"),
  };
  return { variables, directories: Object.values(variables) };
}

export interface EnvironmentInput {
  /** The agent process's own environment. */
  readonly own: NodeJS.ProcessEnv;
  readonly home: string;
  readonly session: string;
  /** Which start of the agent process this is. */
  readonly generation: string;
  /** Tells this session from one of the same id under another state root. */
  readonly tree: string;
  readonly choice: Pick<AgentChoice, "name" | "driver" | "env"> & { passEnv?: unknown };
  /** What setup.json gives the session, such as its ports. */
  readonly given?: Environment | undefined;
}

/**
 * The environment of the coding agent: an allow-list, so that nothing of the person's own reaches it by accident.
 * `agent.env` of session.json is added as it stands; `agent.passEnv` names variables that are handed through.
 */
export function codingEnvironment(input: EnvironmentInput): Environment {
  const { own, home, session, choice } = input;
  const identity = { name: choice.name ?? choice.driver, email: `${session}@sessions.harness.invalid` };
  const named = new Set(Array.isArray(choice.passEnv) ? choice.passEnv : []);
  const environment: Environment = {
    ...input.given,
    PATH: DEFAULT_PATH,
    LANG: "C.UTF-8",
    USER: "harness",
    LOGNAME: "harness",
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
  };
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && value !== "" && (PASSED.test(name) || named.has(name))) environment[name] = value;
  }
  return {
    ...environment,
    ...choice.env,
    ...homePlaces(home).variables,
    HARNESS_SESSION: session,
    HARNESS_GENERATION: input.generation,
    HARNESS_TREE: input.tree,
  };
}

/** Names the session's socket of a credential worker, for the relay. No coding agent is told. */
export const MODEL_SOCKET = "HARNESS_MODEL_SOCKET";
/** The worker key, for the relay: whether the coding agent was told one, and under which name, does not matter then. */
export const WORKER_KEY = "HARNESS_WORKER_KEY";

const RELAY_PASSED =
  /^(?:NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|SSL_CERT_(?:FILE|DIR)|NODE_USE_ENV_PROXY|(?:HTTPS?|NO)_PROXY|(?:https?|no)_proxy|MALLOC_[A-Z_]+)$/;

/**
 * The environment of the relay to the model endpoint: how this machine reaches the network. It has no mark of the session's
 * tree, so that it is not ended with the processes of a turn.
 */
export function relayEnvironment(own: NodeJS.ProcessEnv): Environment {
  const environment: Environment = {};
  for (const [name, value] of Object.entries(own)) if (value && RELAY_PASSED.test(name)) environment[name] = value;
  return environment;
}

/** What the environment of every process of the session's tree holds, whichever agent process started it. */
export function treeMarks(session: string, tree: string): string[] {
  return [`HARNESS_SESSION=${session}`, `HARNESS_TREE=${tree}`];
}
