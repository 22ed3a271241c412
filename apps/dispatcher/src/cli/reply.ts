import {
  HarnessError,
  isHarnessError,
  waitForReply,
  type Outbound,
  type SessionPaths,
  type StateRoot,
} from "@harness/core";
import { failureHint, failureWords, turnFacts } from "@harness/core/telling";
import { plainText } from "./escape.ts";
import { timeOfDay } from "./format.ts";
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
  } catch (error) {
    throw isHarnessError(error) && error.code === "timed-out" ? stillAtWork(session, timeoutMs) : error;
  } finally {
    stop();
  }
}

// To try again would be a second prompt.
function stillAtWork(session: string, timeoutMs = 0): HarnessError {
  return new HarnessError(
    "timed-out",
    `No reply came in ${timeoutMs / 1000} s. The prompt is taken, and its turn goes on.`,
    {
      hint: `\`harness wait ${session}\` waits for its end, \`harness logs ${session} -f\` shows it.`,
    },
  );
}

/** Whether a turn ended well. */
export function isWell(reply: Outbound): boolean {
  return reply.kind === "reply" && reply.body.stopReason === "end_turn";
}

/** Prints a reply; what a person should know of the turn goes beside it. */
export function tellReply(reply: Outbound, terminal: Terminal): void {
  if (reply.kind === "failed") return terminal.note(`It could not be done: ${plainText(reply.body.text)}`);
  if (reply.kind !== "reply") return;
  const { text, stopReason, failure } = reply.body;
  if (text.trim() !== "") terminal.line(plainText(text).trimEnd());
  if (failure !== undefined) {
    terminal.note(plainText(`The turn ended with ${stopReason}: ${failureWords(failure)}.`));
    if (!text.includes(failure.text)) terminal.note(plainText(failure.text).trimEnd());
    terminal.note(`-> ${plainText(failureHint(failure, timeOfDay))}`);
  } else if (stopReason !== "end_turn") terminal.note(`The turn ended with ${stopReason}.`);
  const facts = turnFacts(reply.body);
  if (facts.length > 0) terminal.note(plainText(facts.join("; ")));
}
