import { readJsonFileSync, StatusSchema, type SessionPaths } from "@harness/core";
import { answerLines } from "./answer-lines.ts";
import { plainText } from "./escape.ts";
import type { Terminal } from "./terminal.ts";

const LOOK_MS = 500;

/** Tells each question that a session asks from here on, once, with the command that answers it. Returns how to stop. */
export function tellQuestions(paths: SessionPaths, session: string, terminal: Terminal): () => void {
  const told = new Set<string>();
  const timer = setInterval(() => {
    for (const question of readJsonFileSync(paths.status, StatusSchema)?.waiting ?? []) {
      if (told.has(question.id)) continue;
      told.add(question.id);
      const asks = question.kind === "permission" ? "asks for permission" : "asks";
      const lines = [`The session ${asks}: ${plainText(question.text)}`, ...answerLines(session, question)];
      terminal.note(lines.join("\n"));
    }
  }, LOOK_MS);
  return () => clearInterval(timer);
}
