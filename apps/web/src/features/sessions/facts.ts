import { limitWords } from "@harness/core/telling";
import type { SessionDetail } from "../../lib/shapes.ts";

export interface Fact {
  name: string;
  value: string;
  isPath?: boolean;
}

/** What is known of a session beside its state, in the order in which it is asked for. */
export function factsOf(session: SessionDetail): Fact[] {
  const { agent, spec, paths } = session;
  const given = (name: string, value: string | null | undefined, isPath = false): Fact[] =>
    value === null || value === undefined || value === "" ? [] : [{ name, value, isPath }];
  return [
    { name: "Process", value: processOf(session) },
    ...given("Wanted", wantedOf(session)),
    ...given("Last exit", exitOf(session)),
    { name: "Agent", value: agent.name === agent.driver ? agent.name : `${agent.name} (${agent.driver})` },
    ...given("Model", session.model),
    ...given("Provider", session.provider),
    ...given("Endpoint", spec?.endpoint && `${spec.endpoint.baseUrl} (${spec.endpoint.wire})`, true),
    ...given("Key", keyOf(session)),
    ...given("Sandbox", session.wall?.sandbox),
    ...given("Network", networkOf(session)),
    ...given("Limits", limitsOf(session)),
    ...given("Branch", session.branch, true),
    ...given("Base", session.base, true),
    ...given("Repository", session.repository, true),
    ...given("Worktree", paths.worktree, true),
    { name: "Directory", value: session.directory, isPath: true },
    { name: "Id", value: session.id, isPath: true },
  ];
}

function keyOf({ spec, keyInsideSession, keyInWorker }: SessionDetail): string | undefined {
  if (keyInWorker) return "key in credential worker";
  return keyInsideSession ? `${spec?.endpoint?.keyEnv ?? "yes"}, key inside session` : undefined;
}

// A dispatcher older than this page tells of neither.
function networkOf({ wall, spec }: SessionDetail): string | undefined {
  if (wall?.network !== "list") return wall?.network;
  return `its model and ${(spec?.hosts ?? []).join(", ") || "nothing else"}`;
}

function limitsOf({ limits, spec }: SessionDetail): string | undefined {
  return limits ? limitWords(limits, spec?.limits) : undefined;
}

function processOf({ alive, pid }: SessionDetail): string {
  if (!alive) return "none";
  return pid === null ? "alive" : `alive, pid ${pid}`;
}

function wantedOf({ wanted }: SessionDetail): string | undefined {
  if (wanted === null) return undefined;
  if (wanted.failed !== undefined) return `given up: ${wanted.failed}`;
  if (wanted.queued === true) return `${wanted.wanted}, waits for a free slot`;
  return wanted.wanted;
}

function exitOf({ lastExit }: SessionDetail): string | undefined {
  if (lastExit === null) return undefined;
  const how = lastExit.signal ?? (lastExit.code === null ? undefined : `exit ${lastExit.code}`);
  return [lastExit.class, how, lastExit.cause].filter((part) => part !== undefined && part !== "").join(", ");
}
