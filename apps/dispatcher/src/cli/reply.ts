import { waitForReply, type Outbound, type SessionPaths, type StateRoot } from "@harness/core";
import { plainText } from "./escape.ts";
import { tellQuestions } from "./tell-questions.ts";
import type { Terminal } from "./terminal.ts";

export interface Waiting {
  root: StateRoot;
  terminal: Terminal;
  session: string;
  message: string;
  timeoutMs?: number;
}

/** Waits for the end of the turn of one message; a question that comes up meanwhile is told on stderr. */
export async function awaitReply({ root, terminal, session, message, timeoutMs }: Waiting): Promise<Outbound> {
  const paths: SessionPaths = root.session(session);
  const stop = tellQuestions(paths, session, terminal);
  try {
    return await waitForReply(paths, message, timeoutMs === undefined ? {} : { timeoutMs });
  } finally {
    stop();
  }
}

/** Prints a reply and says whether the turn ended well. */
export function tellReply(reply: Outbound, terminal: Terminal): boolean {
  if (reply.kind === "reply") {
    const { text, stopReason } = reply.body;
    if (text.trim() !== "") terminal.line(plainText(text).trimEnd());
    if (stopReason !== "end_turn") terminal.note(`The turn ended with ${stopReason}.`);
    return stopReason === "end_turn";
  }
  if (reply.kind === "failed") terminal.note(`It could not be done: ${plainText(reply.body.text)}`);
  return false;
}
