import type { OpenQuestion } from "@harness/core";
import type { Context } from "../context.ts";
import { allowAgain } from "./allow-tokens.ts";
import { findQuestion } from "./find-question.ts";
import { findSession } from "./get.ts";
import type { AnswerInput, Sent } from "./schema.ts";
import { sendToSession } from "./send.ts";

/** Answers an open question or permission request; `to` may be shortened like a session id. */
export async function answerQuestion(context: Context, session: string, answer: AnswerInput): Promise<Sent> {
  const id = findSession(context, session);
  const question = findQuestion(id, context.supervisor.look(id).waiting, answer);
  // Only a person's answer moves a budget, and only from here: nothing that a session writes does.
  if (question.about === "budget" && allows(question, answer)) await allowAgain(context, id);
  return await sendToSession(context, id, { kind: "answer", body: { ...answer, to: question.id } });
}

function allows({ options = [] }: OpenQuestion, { option }: AnswerInput): boolean {
  return options.find(({ id }) => id === option)?.kind?.startsWith("allow") ?? false;
}
