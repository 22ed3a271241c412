import type { AgentChoice, Endpoint, StopReason, TurnFailure, Usage } from "@harness/core";
import type { ProcessTree } from "../tree/process-tree.ts";

/**
 * Adapts one kind of coding agent.
 * Contract: opening starts nothing that costs memory while no turn runs, unless the coding agent is itself long-lived.
 */
export interface Driver {
  readonly name: string;
  /** Throws a `HarnessError` when the coding agent cannot be driven at all. */
  open(options: OpenOptions): Promise<DriverSession>;
}

export interface OpenOptions {
  readonly session: string;
  readonly choice: AgentChoice;
  /** Where the coding agent works. Exists. */
  readonly directory: string;
  /** The session's directory: relative paths in `choice.command` are resolved from here. */
  readonly sessionDirectory: string;
  /** The model that the coding agent is to use; null where it brings its own. */
  readonly model: ModelChoice | null;
  /** HOME of the coding agent. Exists. */
  readonly home: string;
  /** A directory for transcripts. Made by whoever writes the first. */
  readonly transcripts: string;
  /** What `resumeToken` was at the end of the last turn. */
  readonly resumeToken: string | null;
  /** The only way to start a process: what is started here ends with the agent process. */
  readonly processes: ProcessTree;
  /** Keeps a `resumeToken` at once, for the case that this process ends in the middle of the turn. */
  keepResume(token: string): Promise<void>;
  /**
   * What the session's log tells of its turns, for a coding agent that has no memory of them: the earlier ones, and what
   * an interrupted attempt at `turn` did. Bounded; empty when there is nothing to tell.
   */
  history(turn: string): Promise<string>;
  /** Asks a person. Never rejects; resolves when answered, at the deadline, or when the turn is aborted. */
  ask(request: AskRequest): Promise<Answer>;
}

/** `baseUrl` is what the coding agent is told, which need not be the endpoint's own address. */
export interface ModelChoice extends Pick<Endpoint, "wire" | "baseUrl" | "keyEnv"> {
  /** The model's id; absent: the coding agent's default. */
  readonly id?: string;
}

export interface DriverSession {
  /** What a later `open` needs to go on with the same conversation. */
  readonly resumeToken: string | null;
  /**
   * Text and tool calls are told as they happen. Only then does silence mean that the coding agent hangs, and a turn
   * without any of them that nothing was done.
   */
  readonly narrates?: boolean;
  /**
   * Runs one turn.
   * Contract: never throws; a failure is the last event, `turn.ended` with a reason. Nothing comes after `turn.ended`.
   * The reason `interrupted` means that the disk failed: the turn is gone on with when it works again.
   * Contract: after `signal` aborts the last event arrives within `GRACE_MS`, and no process of the turn lives.
   */
  prompt(input: Prompt, signal: AbortSignal): AsyncIterable<DriverEvent>;
  close(): Promise<void>;
}

/** How long a driver may take to end a turn that was aborted. */
export const GRACE_MS = 800;

export interface Prompt {
  /** The id of the turn: the same over all its attempts. */
  readonly turn: string;
  readonly text: string;
  readonly attachments: readonly { readonly path: string }[];
  /** Counts from 1; above 1 the turn may have partly run. */
  readonly attempt: number;
  /** The turn may have partly run: it is to be gone on with, not begun again. */
  readonly resumed: boolean;
}

export type DriverEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool.called"; readonly call: string; readonly tool: string; readonly text?: string }
  | { readonly type: "tool.returned"; readonly call: string; readonly ok: boolean; readonly text?: string }
  /** A sign of life with nothing to tell, such as thoughts: the coding agent is not silent. `what` is a few words. */
  | { readonly type: "stirred"; readonly what: string }
  /** Something a person should know that is not the coding agent's own word, such as a conversation that could not be resumed. */
  | { readonly type: "noted"; readonly code: string; readonly text: string }
  /** Output that was read and kept nowhere. */
  | { readonly type: "output.dropped"; readonly bytes: number }
  | {
      readonly type: "turn.ended";
      readonly stopReason: StopReason;
      /** What there is to say about the end, beyond the coding agent's own text. */
      readonly note?: string;
      readonly usage?: Usage;
      /** With the stop reason `failed`, where the cause is known. */
      readonly failure?: TurnFailure;
    };

export interface AskOption {
  readonly id: string;
  readonly label: string;
  readonly kind?: string;
}

export interface AskRequest {
  readonly kind: "question" | "permission";
  readonly text: string;
  readonly options?: readonly AskOption[];
  /** Default: `DEADLINE_MS` of questions.ts. */
  readonly deadlineMs?: number;
  /** Asked for the session itself, not for its coding agent: its answer moves something outside the session. */
  readonly about?: "budget";
  /** The option that holds when a question is not answered in time. A permission is then refused. */
  readonly defaultOption?: string;
  /** A number from 1 that the same question has whenever the turn runs again; without it questions are counted. */
  readonly position?: number;
}

/** `refused`: a permission was not given, by a person or by its deadline. */
export interface Answer {
  readonly outcome: "answered" | "refused" | "expired" | "aborted";
  readonly option?: string;
  readonly text?: string;
}
