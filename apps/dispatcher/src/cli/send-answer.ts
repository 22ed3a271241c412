import { readSession, sendMessage, type OpenQuestion } from "@harness/core";
import type { AnswerInput, Sent } from "../sessions/schema.ts";
import { bodyOf, connect } from "./client.ts";
import type { Io } from "./environment.ts";

/** What a session asks now; nobody waits for an answer when it has no process. */
export function readWaiting(root: Io["root"], session: string): readonly OpenQuestion[] {
  const { alive, status } = readSession(root.session(session));
  return alive ? (status?.waiting ?? []) : [];
}

/**
 * Writes an answer into the inbox of a session: a file, with and without a dispatcher. What moves something outside the
 * session goes to the dispatcher, which alone can do it.
 */
export function sendAnswer(
  root: Io["root"],
  question: Pick<OpenQuestion, "about"> & { session: string },
  answer: AnswerInput,
): Promise<Sent> {
  const { session, about } = question;
  if (about !== undefined)
    return bodyOf(connect(root).sessions[":id"].answers.$post({ param: { id: session }, json: answer }));
  return sendMessage(root.session(session), { kind: "answer", body: answer });
}
