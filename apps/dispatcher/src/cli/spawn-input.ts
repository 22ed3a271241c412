import { resolve } from "node:path";
import { HarnessError, isHarnessError, parseId } from "@harness/core";
import { InvalidArgumentError } from "commander";
import { NetworkWishSchema, readNetwork, type NetworkWish } from "../sessions/network-wish.ts";
import type { SpawnInput } from "../sessions/schema.ts";
import type { Io } from "./environment.ts";
import { readText } from "./read-text.ts";

export interface SpawnOptions {
  repo?: string | false;
  branch?: string;
  base?: string;
  continue?: true;
  agent?: string;
  command?: string;
  script?: string;
  provider?: string;
  model?: string;
  name?: string;
  sandbox?: SpawnInput["sandbox"];
  network?: string;
  push?: true;
  label?: Record<string, string>;
  wait?: true;
  timeout?: number;
  json?: true;
}

/** The words of `harness spawn` as the API takes them. Throws `usage-invalid`, `request-invalid`. */
export async function spawnInput(task: string, options: SpawnOptions, io: Io): Promise<SpawnInput> {
  const { agent, base, branch, label, model, name, provider, push, repo, sandbox, network } = options;
  const program = programOf(options, io.rest);
  if (name !== undefined) parseId(name, "session name");
  if (repo === false) refuseBranch(options);
  const text = task === "-" ? await readText("-", undefined) : task;
  if (text.trim() === "")
    throw new HarnessError("request-invalid", "The task is empty.", { hint: "Say what to do, in quotes." });
  const input = {
    agent: options.script === undefined ? agent : (agent ?? "scripted"),
    base,
    branch,
    command: program,
    continue: options.continue,
    labels: label,
    model,
    name,
    provider,
    push,
    repository: repo === false ? undefined : resolve(io.directory, repo ?? "."),
    sandbox,
    network: network === undefined ? undefined : networkWish(network),
    script:
      options.script === undefined ? undefined : parseJson(await readText(undefined, options.script), options.script),
  };
  return { task: text, ...defined(input) };
}

function networkWish(text: string): NetworkWish {
  const wish = NetworkWishSchema.safeParse(readNetwork(text));
  if (wish.success) return wish.data;
  throw new HarnessError("usage-invalid", `--network: ${wish.error.issues[0]?.message ?? ""}`, {
    hint: "Choose none, provider, host, or hosts with commas between them: registry.npmjs.org,github.com:443.",
  });
}

/** `key=value`, one of several. */
export function collectLabel(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It is not of the form key=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** A directory without a repository was not asked for by name: then there is another way out. */
export function withoutRepositoryHint(error: unknown): unknown {
  if (!isHarnessError(error) || error.code !== "repository-not-found") return error;
  return new HarnessError(error.code, error.message, {
    hint: "Name a repository with --repo, or start the session without one: --no-repo.",
    cause: error,
  });
}

const KEYS: ReadonlySet<string> = new Set(["provider-not-chosen", "key-not-set"]);

/** A key that is exported here, and was not where the dispatcher was started. */
export function withKeyHint(error: unknown, environment: NodeJS.ProcessEnv): unknown {
  if (!isHarnessError(error) || !KEYS.has(error.code)) return error;
  const { variables } = error.details;
  const here = Array.isArray(variables)
    ? variables.find((name) => typeof name === "string" && environment[name])
    : undefined;
  if (here === undefined) return error;
  return new HarnessError(error.code, error.message, {
    hint: `${String(here)} is set here, and was not when the dispatcher was started: \`harness down\`, then this again. Sessions go on meanwhile.`,
    details: error.details,
    cause: error,
  });
}

function refuseBranch(options: SpawnOptions): void {
  const given = (["branch", "base", "continue", "push"] as const).find((each) => options[each] !== undefined);
  if (given === undefined) return;
  throw new HarnessError("usage-invalid", `--${given} needs a repository, and --no-repo says that there is none.`, {
    hint: "Leave one of them out.",
  });
}

function programOf({ agent, command, script }: SpawnOptions, rest: readonly string[]): string[] | undefined {
  const ways = [
    rest.length > 0 && "-- <program>",
    command !== undefined && "--command",
    script !== undefined && "--script",
  ];
  const given = ways.filter((way) => way !== false);
  if (given.length > 1) {
    throw new HarnessError("usage-invalid", `${given.join(" and ")} name two coding agents.`, {
      hint: "Use one of them.",
    });
  }
  if (given.length > 0 && agent !== undefined && script === undefined) {
    throw new HarnessError("usage-invalid", `--agent and ${given[0]} name two coding agents.`, {
      hint: "Use one of them.",
    });
  }
  if (command !== undefined) return ["sh", "-c", command];
  return rest.length > 0 ? [...rest] : undefined;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HarnessError("usage-invalid", `${file} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
