import type { OpenQuestion } from "@harness/core";
import { plainLine } from "./escape.ts";

/** How a question is answered: its options and the commands, a line each. */
export function answerLines(session: string, { id, kind, options = [] }: OpenQuestion): string[] {
  const offers = (word: string) => kind === "permission" && options.some((option) => option.kind?.startsWith(word));
  const choices = options.map((option) => `  --option ${plainLine(option.id)}  ${plainLine(option.label)}`);
  if (offers("allow_once") && offers("reject_"))
    return [...choices, `harness approve ${session} ${id}`, `harness deny ${session} ${id}`];
  return [...choices, `harness answer ${session} ${id} ${options.length > 0 ? "--option …" : '"…"'}`];
}
