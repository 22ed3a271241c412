import type { IncomingMessage, ServerResponse } from "node:http";
import { loadRequest, type Request } from "../forward-call.ts";
import { openLedger, type CallLine, type Ledger } from "../ledger.ts";
import type { GitWorkerStart } from "../protocol.ts";
import { secretForms } from "../secret-forms.ts";
import { clearAsked } from "./ask-verdict.ts";
import { parseRemote, type Remote } from "./remote.ts";

/** What all calls of a worker for a remote share. */
export interface GitService {
  readonly start: GitWorkerStart;
  readonly remote: Remote;
  readonly request: Request;
  readonly ledger: Ledger;
  readonly authorization: string;
  /** Every form of the secret. */
  readonly forms: readonly Buffer[];
  /** Where each session was last told that its branch is. */
  readonly shown: Map<string, string>;
  /** How many calls of each session are under way. */
  readonly running: Map<string, number>;
}

export interface Exchange {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  /** Aborts when the session is gone, or its grant. */
  readonly gone: AbortSignal;
}

/** The session has gone away, or its grant has been taken from it. */
export function isGone({ asked, gone }: Exchange): boolean {
  return gone.aborted || (asked.destroyed && !asked.complete);
}

/** How a call ended, for its line in calls.jsonl. */
export type GitEnd = Pick<CallLine, "status" | "outcome" | "refusal" | "requestBytes" | "answerBytes" | "push">;

export async function openGitService(start: GitWorkerStart): Promise<GitService> {
  const remote = parseRemote(start.baseUrl);
  clearAsked(start.directory);
  return {
    start,
    remote,
    request: await loadRequest(remote),
    ledger: openLedger(start.directory),
    authorization: `Basic ${Buffer.from(`${start.user}:${start.secret}`).toString("base64")}`,
    forms: secretForms(start.secret),
    shown: new Map(),
    running: new Map(),
  };
}
