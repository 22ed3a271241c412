import { createHash } from "node:crypto";
import { join } from "node:path";
import type { JobShare } from "./job-share.ts";
import type { Patience } from "./watch-stall.ts";

/** Counts what a dispatcher and a worker that outlived another one have to agree on: files, places, sockets. */
export const WORKER_PROTOCOL = 2;

export type Wire = "anthropic" | "openai-responses" | "openai-chat" | "gemini";

/**
 * What the calls of all sessions together may come to. Whoever has waited longest without a call comes first, and nobody has
 * a second call under way at the cost of another session's first.
 */
export interface WorkerLimits {
  /** Calls under way at once. */
  readonly concurrent?: number | undefined;
  readonly requestsPerMinute?: number | undefined;
}

/** The one line that a worker reads from the descriptor it inherits. The secret is nowhere else. */
export interface WorkerStart {
  readonly provider: string;
  readonly wire: Wire;
  readonly baseUrl: string;
  /** Null for an endpoint that wants no key. */
  readonly secret: string | null;
  /** Where the file of a login is that the secret opens, and that is renewed by this worker alone. */
  readonly login?: string | undefined;
  /** The worker's own place: grants to read, spendings and calls to write. */
  readonly directory: string;
  /** Below it each session has a directory of its own for its sockets. */
  readonly sockets: string;
  readonly limits?: WorkerLimits | undefined;
  /** Sessions have users of their own: who may go to a socket is decided by its directory, which is there. */
  readonly sharedDoors?: boolean | undefined;
  /** How long it stays where no session has a grant. */
  readonly idleMs?: number | undefined;
  /** How long a call waits for a person where its budget is spent. */
  readonly holdMs?: number | undefined;
  /** How long a call waits for its provider, and for its client. */
  readonly patience?: Patience | undefined;
}

/** The same for a remote of git, over HTTP. */
export interface GitWorkerStart extends Omit<WorkerStart, "wire" | "secret" | "limits"> {
  readonly wire: "git";
  /** The user to whom the secret belongs. */
  readonly user: string;
  readonly secret: string;
  /** How long a push waits for somebody who looks at what it changes. */
  readonly takenMs?: number | undefined;
}

/** On which it is read, and answered by `{"ready":true}` or `{"failed":"why"}`. */
export const START_FD = 3;

/** A request with it is held when its session's budget is spent; an interim answer with it says for how long, and why. */
export const HOLD_HEADER = "x-harness-hold";

export interface Budget {
  /** Of all calls together, what is read and what is written. */
  readonly tokens?: number | undefined;
  /** Of requests and answers together. */
  readonly bytes?: number | undefined;
  /** The session counts among those of a job. */
  readonly job?: JobShare | undefined;
}

/** What a session may push. */
export interface PushGrant {
  /** The one ref that it may create and move, by its whole name. */
  readonly ref: string;
  /** Also to where it does not move forward. */
  readonly force?: boolean | undefined;
  /** Also with changes to what the remote itself runs. Otherwise somebody who can read the commit is asked for each push. */
  readonly workflows?: boolean | undefined;
}

/** pushes/<id>.json, written by the worker of a remote: what it asks whether it may be sent. Gone when it asks no longer. */
export interface PushAsked {
  readonly v: 1;
  readonly session: string;
  /** Where the branch is at the remote; zeros where there is none. */
  readonly old: string;
  /** The commit that is to be there. */
  readonly new: string;
}

/** verdicts/<id>.json, written by the dispatcher. */
export interface PushVerdict {
  readonly v: 1;
  readonly state: "looking" | "allowed" | "refused";
  /** Why it is refused, in one line. */
  readonly reason?: string | undefined;
}

/** grants/<session>.json, written by the dispatcher: who may call, and how much. Without the file nobody may. */
export interface Grant {
  readonly v: 1;
  readonly session: string;
  /** SHA-256 of the worker key, in hex: the key itself is in no file. */
  readonly keyHash: string;
  /** Of agent processes that are being started: which of them becomes the session's own is not known yet. */
  readonly startingKeyHashes?: readonly string[] | undefined;
  readonly budget?: Budget | undefined;
  /** Where the worker stands before a remote. */
  readonly push?: PushGrant | undefined;
}

/** spent/<session>.json, written by the worker. */
export interface Spent {
  readonly v: 1;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly bytes: number;
  /** What the provider answered last; null before the first answer. */
  readonly lastStatus: number | null;
  /** How often each status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** For a job: when it was spent. */
  readonly period?: string | undefined;
}

export function grantPath(directory: string, session: string): string {
  return join(directory, "grants", `${session}.json`);
}

export function spentPath(directory: string, session: string): string {
  return join(directory, "spent", `${session}.json`);
}

export function pushAskedPath(directory: string, id: string): string {
  return join(directory, "pushes", `${id}.json`);
}

export function pushVerdictPath(directory: string, id: string): string {
  return join(directory, "verdicts", `${id}.json`);
}

/** Below the session's own place for sockets, in a directory of its own: who may go in there is who may call. */
export function socketName(provider: string): string {
  return join(provider, "worker.sock");
}

/** Says to whoever finds one that it is of no use outside its session. */
export const WORKER_KEY_PREFIX = "harness-worker-key-";

export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
