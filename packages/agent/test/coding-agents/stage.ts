import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import type { AgentChoice, Event, SessionSpec } from "@harness/core";
import { sendMessage } from "@harness/core";
import { until } from "@harness/core/testing";
import { makeWorktree, testSession, treeOf, type AgentRun, type TestSession } from "../agent-process.ts";
import { startOfflineModel, type OfflineModel, type RecordedRequest, type WireName } from "./offline-model.ts";
import { KEYS } from "./script.ts";

/** A coding agent from outside, as a session starts it. */
export interface CodingAgent {
  readonly name: string;
  readonly driver: string;
  readonly command: readonly string[];
  /** The wires that it speaks; the first one is used where one is enough. */
  readonly wires: readonly [WireName, ...WireName[]];
  /** Variables that make it ask before it does anything; absent: it never asks. */
  readonly asks?: Record<string, string>;
}

export interface Stage {
  readonly agent: CodingAgent;
  readonly model: OfflineModel;
  session(options?: StageSession): Promise<Actor>;
}

export interface StageSession {
  readonly wire?: WireName;
  readonly key?: string;
  readonly env?: Record<string, string>;
  /** More of the agent's choice, such as its limits. */
  readonly choice?: Partial<AgentChoice>;
}

/** A session of the agent with a worktree of its own. */
export interface Actor extends TestSession {
  /** Starts the agent process, in the model's network. */
  begin(before?: string[]): Promise<AgentRun>;
  /** Sends a prompt and waits for its end. */
  say(text: string): Promise<{ text: string; stopReason: string; failure?: { code: string; text: string } }>;
  replyTo(message: string): ReturnType<Actor["say"]>;
  cancel(): Promise<void>;
  /** Its requests to the model that are over; asides, such as for a title, are none. */
  requests(): RecordedRequest[];
  /** Its last request in which the scenario was played. */
  asked(scenario: string): Promise<RecordedRequest>;
  /** Waits until an event of the log is such. */
  event(type: string, matches?: (event: Event) => boolean): Promise<Event>;
  /** The coding agent itself, not what it started. */
  agentPid(): number;
  /** Processes of the session whose command line begins so. */
  running(command: string): number[];
}

export async function openStage(agent: CodingAgent): Promise<Stage & AsyncDisposable> {
  const model = await startOfflineModel();
  return {
    agent,
    model,
    session: (options) => openActor(agent, model, options),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** How long a turn may take here: agents start slowly on a machine that does other things too. */
const PATIENCE_MS = 40_000;

async function openActor(agent: CodingAgent, model: OfflineModel, options: StageSession = {}): Promise<Actor> {
  const { wire = agent.wires[0], key = KEYS.first, env = {} } = options;
  const { name, driver, command } = agent;
  const choice: AgentChoice = { name, driver, command: [...command], env, passEnv: ["SESSION_KEY"], ...options.choice };
  const spec: Partial<SessionSpec> = {
    endpoint: { wire, baseUrl: model.url, keyEnv: "SESSION_KEY" },
    // None that Codex knows: for those it offers tools that a script cannot call.
    model: "scripted-model",
  };
  const session = await testSession({ agent: choice, spec });
  await makeWorktree(session.paths, { "broken.txt": "broken\n" });
  const replyTo = async (message: string) =>
    (await session.reply(message, PATIENCE_MS)).body as Awaited<ReturnType<Actor["say"]>>;
  // Tells the session's requests from all others.
  const send = (text: string) => session.send(`${text} (${session.id})`);
  const requests = () =>
    model.requests().filter(({ said, scenario }) => scenario !== null && said.join("\n").includes(session.id));
  return {
    ...session,
    send,
    requests,
    // A reply can be here before the model has noticed that it is over.
    asked: (wanted) => until(() => requests().findLast(({ scenario }) => scenario === wanted)),
    begin: (before = []) => session.run({ before: [...model.before, ...before], env: { SESSION_KEY: key } }),
    replyTo,
    say: async (text) => replyTo(await send(text)),
    async cancel() {
      await sendMessage(session.paths, { kind: "cancel", body: {} });
    },
    event: (type, matches = () => true) =>
      until(async () => (await session.events()).find((event) => event.type === type && matches(event)), {
        timeoutMs: PATIENCE_MS,
        what: `an event ${type}`,
      }),
    agentPid() {
      const [pid] = treeOf(session.id).filter((each) => programOf(each) === realpathSync(command[0] ?? ""));
      if (pid === undefined) throw new Error(`${name} does not run.`);
      return pid;
    },
    running: (wanted) => treeOf(session.id).filter((pid) => commandOf(pid).startsWith(wanted)),
  };
}

/** Its file: agents give their processes other names. */
function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // Gone.
    return "";
  }
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    // Gone.
    return "";
  }
}
