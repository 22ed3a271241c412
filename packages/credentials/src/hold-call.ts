import type { IncomingMessage, ServerResponse } from "node:http";
import { readGrant } from "./grants.ts";
import type { Ledger } from "./ledger.ts";
import { HOLD_HEADER, type WorkerStart } from "./protocol.ts";

/** Clients that run on Node wait five minutes for an answer to begin: theirs is a refusal, and no broken connection. */
const HOLD_MS = 270_000;
const LOOK_MS = 200;

export interface Held {
  readonly session: string;
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly ledger: Ledger;
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
  /** What is told to whoever can ask a person. */
  readonly why: string;
}

/**
 * Holds a call while a person is asked whether its session may spend more. True when it may. A client that asks nobody gets
 * its refusal at once: whoever can ask says so in a header, and learns of the hold by an interim answer.
 */
export async function holdCall(start: WorkerStart, held: Held): Promise<boolean> {
  const { session, asked, answer, ledger, gone, why } = held;
  const { holdMs = HOLD_MS } = start;
  if (asked.headers[HOLD_HEADER] === undefined) return false;
  const until = performance.now() + holdMs;
  answer.socket?.write(`HTTP/1.1 102 Processing\r\n${HOLD_HEADER}: ${holdMs}; ${why}\r\n\r\n`);
  while (performance.now() < until && !gone.aborted) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const grant = readGrant(start.directory, session);
    if (grant === null) return false;
    if (ledger.whySpent(session, grant.budget) === null) return true;
  }
  return false;
}
