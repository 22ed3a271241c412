import type { DriverEvent, OpenOptions } from "../driver.ts";
import type { AgentDescriptor } from "./agents/agent.ts";
import { chooseDescriptor } from "./agents/choose-descriptor.ts";
import { agentFailure, classifyError, dig } from "./failure.ts";
import type { FrameLog } from "../frame-log.ts";
import type { AcpLimits } from "./limits.ts";
import { loadClient } from "./load-client.ts";
import { startAgent, type Listener, type RunningAgent } from "./start-agent.ts";
import { jsonText, oneLine } from "./text.ts";
import { writeFiles } from "./write-files.ts";

const PROTOCOL_VERSION = 1;
const TOKEN_LIMIT = 500;

// Neither files nor terminals of ours: what an agent does, it does itself.
const CLIENT = {
  clientInfo: { name: "harness", version: "1" },
  clientCapabilities: {
    fs: { readTextFile: false, writeTextFile: false },
    terminal: false,
    elicitation: { form: {} },
    _meta: {
      // What a command writes comes with its updates; without it Codex tells nothing of it.
      terminal_output: true,
      terminal_output_delta: true,
      jetbrains: { air: { version: 1, capabilities: ["sessionFailure"] } },
    },
  },
};

/** One agent, and the conversation that is open in it. */
export interface Conversation {
  readonly agent: RunningAgent;
  readonly id: string;
  /** Begun just now: the agent remembers nothing. */
  readonly isNew: boolean;
  readonly notes: readonly DriverEvent[];
  /** What the agent had counted when the conversation was opened; null where it did not say. */
  readonly costUsd: number | null;
}

export interface ConversationWish {
  readonly options: OpenOptions;
  readonly log: FrameLog;
  /** The conversation to go on with. */
  readonly token: string | null;
  /** The last process ended in the middle of something. */
  readonly crashed: boolean;
  /** Aborts when nothing may be started any more. */
  readonly signal: AbortSignal;
}

/** Starts the agent and opens a conversation in it: the session's, or a new one where that cannot be had. */
export async function openConversation(wish: ConversationWish): Promise<Conversation> {
  const descriptor = chooseDescriptor(wish.options.choice);
  const { token } = wish;
  if (token === null) return openNew(await begin(wish, descriptor), null);
  if (wish.crashed && !descriptor.loadsAfterCrash) {
    const why = `${descriptor.name} cannot load a conversation in the middle of which it was killed`;
    return openNew(await begin(wish, descriptor), why);
  }
  const begun = await begin(wish, descriptor);
  const problem = await resume(begun, token);
  if (problem === null) return settle(begun, { id: token, isNew: false, lost: null, modes: begun.modes });
  if (begun.agent.end === undefined) return openNew(begun, problem);
  await wish.options.processes.stop();
  return openNew(await begin(wish, descriptor), problem);
}

interface Begun {
  readonly agent: RunningAgent;
  readonly descriptor: AgentDescriptor;
  readonly directory: string;
  readonly abilities: { readonly load: boolean; readonly resume: boolean };
  modes: unknown;
  costUsd: number | null;
}

async function begin({ options, log, signal }: ConversationWish, descriptor: AgentDescriptor): Promise<Begun> {
  const { home, model, processes } = options;
  const key = model?.keyEnv === undefined ? undefined : processes.environment[model.keyEnv];
  const { variables, files } = descriptor.prepare({ home, model, key });
  writeFiles(home, files);
  const begun: { costUsd: number | null } = { costUsd: null };
  const deaf = deafListener((costUsd) => (begun.costUsd = costUsd));
  const sdk = await loadClient();
  if (signal.aborted) throw agentFailure("agent-failed", "The coding agent was stopped before it had started.");
  const agent = await startAgent({ options, sdk, log, variables, deaf });
  const answer = await request(agent, "initialize", { protocolVersion: PROTOCOL_VERSION, ...CLIENT });
  const version = dig(answer, ["protocolVersion"]);
  if (version !== PROTOCOL_VERSION) {
    const said = jsonText(version, 20);
    throw agentFailure("agent-failed", `The coding agent speaks version ${said} of the protocol and not 1.`);
  }
  const load = dig(answer, ["agentCapabilities", "loadSession"]) === true;
  const resumes = dig(answer, ["agentCapabilities", "sessionCapabilities", "resume"]);
  const abilities = { load, resume: typeof resumes === "object" && resumes !== null };
  return Object.assign(begun, { agent, descriptor, abilities, directory: options.directory, modes: undefined });
}

/** Null when the conversation is open again, else why it is not. */
async function resume(begun: Begun, token: string): Promise<string | null> {
  const { agent, abilities, directory } = begun;
  if (!abilities.resume && !abilities.load) return "the coding agent cannot load conversations";
  const method = abilities.resume ? "session/resume" : "session/load";
  try {
    const answer = await agent.client.request(method, { sessionId: token, cwd: directory, mcpServers: [] });
    begun.modes = dig(answer, ["modes"]);
    return null;
  } catch (error) {
    return oneLine(agent.end ?? classifyError(error).text, 500);
  }
}

async function openNew(begun: Begun, lost: string | null): Promise<Conversation> {
  const answer = await request(begun.agent, "session/new", { cwd: begun.directory, mcpServers: [] });
  const id = dig(answer, ["sessionId"]);
  if (typeof id !== "string" || id === "" || id.length > TOKEN_LIMIT) {
    throw agentFailure("agent-failed", "The coding agent opened a conversation without a usable id.");
  }
  return settle(begun, { id, isNew: true, lost, modes: dig(answer, ["modes"]) });
}

interface Opened {
  readonly id: string;
  readonly isNew: boolean;
  /** Why the earlier conversation could not be gone on with. */
  readonly lost: string | null;
  readonly modes: unknown;
}

async function settle(begun: Begun, opened: Opened): Promise<Conversation> {
  const { agent, costUsd } = begun;
  const { id, isNew, lost } = opened;
  const notes: DriverEvent[] = [];
  if (lost !== null) {
    const text = `The earlier conversation could not be gone on with: ${lost}. A new one was begun.`;
    notes.push({ type: "noted", code: "conversation-lost", text });
  }
  const problem = await setMode(begun, opened);
  if (problem !== null) notes.push({ type: "noted", code: "mode-refused", text: problem });
  return { agent, id, isNew, notes, costUsd };
}

async function setMode({ agent, descriptor: { mode } }: Begun, opened: Opened): Promise<string | null> {
  const offered = dig(opened.modes, ["availableModes"]);
  const isOffered = Array.isArray(offered) && offered.some((each: unknown) => dig(each, ["id"]) === mode);
  if (mode === undefined || !isOffered || dig(opened.modes, ["currentModeId"]) === mode) return null;
  try {
    await agent.client.request("session/set_mode", { sessionId: opened.id, modeId: mode });
    return null;
  } catch (error) {
    return `The coding agent refused the mode ${mode}: ${oneLine(classifyError(error).text, 500)}`;
  }
}

async function request(agent: RunningAgent, method: string, params: Record<string, unknown>): Promise<unknown> {
  try {
    return await agent.client.request(method, params);
  } catch (error) {
    if (agent.end !== undefined) throw agentFailure("agent-crashed", agent.end);
    const { code, text } = classifyError(error);
    throw agentFailure(code, `The coding agent refused ${method}: ${text}`);
  }
}

/** Hears only what was spent: what a loaded conversation tells again is no news, and nobody is there to be asked. */
function deafListener(onCost: (costUsd: number) => void): Listener {
  return {
    onUpdate(params) {
      const amount = dig(params, ["update", "cost", "amount"]);
      if (typeof amount === "number" && dig(params, ["update", "sessionUpdate"]) === "usage_update") onCost(amount);
    },
    onPermission: async () => ({ outcome: { outcome: "cancelled" } }),
    onElicitation: async () => ({ action: "cancel" }),
    onDropped() {},
    room: async () => {},
  };
}

export function isUsable(conversation: Conversation | null): conversation is Conversation {
  return conversation !== null && conversation.agent.end === undefined;
}

export function startLimit(limits: AcpLimits): Error {
  const seconds = Math.round(limits.startMs / 1000);
  return agentFailure("agent-silent", `The coding agent did not get ready within ${seconds} s.`);
}
