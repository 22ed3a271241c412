import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import type { AnswerInput, Sent } from "./schema.ts";
import { sendToSession } from "./send.ts";
import { findSession } from "./get.ts";

/** Answers an open question or permission request; `to` may be shortened like a session id. */
export async function answerQuestion(context: Context, session: string, answer: AnswerInput): Promise<Sent> {
  const id = findSession(context, session);
  const { waiting } = context.supervisor.look(id);
  const found = waiting.find((question) => question.id === answer.to) ?? onlyMatch(waiting, answer.to);
  if (!found) throw new HarnessError("question-not-found", `Session ${id} has no open question ${answer.to}.`);
  const { options = [] } = found;
  if (answer.option !== undefined && options.length > 0 && !options.some((option) => option.id === answer.option)) {
    const known = options.map((option) => option.id).join(", ");
    throw new HarnessError("request-invalid", `${JSON.stringify(answer.option)} is none of the options.`, {
      hint: `Choose one of: ${known}.`,
    });
  }
  return await sendToSession(context, id, { kind: "answer", body: { ...answer, to: found.id } });
}

function onlyMatch<T extends { id: string }>(questions: readonly T[], prefix: string): T | undefined {
  const matches = questions.filter((question) => question.id.startsWith(prefix));
  return matches.length === 1 ? matches[0] : undefined;
}
