import { HarnessError, type OpenQuestion } from "@harness/core";
import type { AnswerInput } from "./schema.ts";

/** The open question that an answer is for; its id may be shortened. Throws `question-not-found`, `request-invalid`. */
export function findQuestion(session: string, waiting: readonly OpenQuestion[], answer: AnswerInput): OpenQuestion {
  const found = waiting.find(({ id }) => id === answer.to) ?? onlyMatch(waiting, answer.to);
  if (!found) throw new HarnessError("question-not-found", `Session ${session} has no open question ${answer.to}.`);
  const { options = [] } = found;
  if (answer.option !== undefined && options.length > 0 && !options.some(({ id }) => id === answer.option)) {
    const known = options.map(({ id }) => id).join(", ");
    throw new HarnessError("request-invalid", `${JSON.stringify(answer.option)} is none of the options.`, {
      hint: `Choose one of: ${known}.`,
    });
  }
  return found;
}

function onlyMatch(questions: readonly OpenQuestion[], prefix: string): OpenQuestion | undefined {
  const matches = questions.filter(({ id }) => id.startsWith(prefix));
  return matches.length === 1 ? matches[0] : undefined;
}
