import { readJsonFileSync, StatusSchema, type SessionPaths } from "@harness/core";
import { plainText } from "./escape.ts";
import type { Terminal } from "./terminal.ts";

const LOOK_MS = 500;

/** Tells each question that a session asks from here on, once, with the command that answers it. Returns how to stop. */
export function tellQuestions(paths: SessionPaths, session: string, terminal: Terminal): () => void {
  const told = new Set<string>();
  const timer = setInterval(() => {
    for (const { id, text, options = [] } of readJsonFileSync(paths.status, StatusSchema)?.waiting ?? []) {
      if (told.has(id)) continue;
      told.add(id);
      const choices = options.map((option) => `  --option ${plainText(option.id)}  ${plainText(option.label)}`);
      const answer = options.length > 0 ? "--option …" : '"…"';
      terminal.note(
        [`The session asks: ${plainText(text)}`, ...choices, `harness answer ${session} ${id} ${answer}`].join("\n"),
      );
    }
  }, LOOK_MS);
  return () => clearInterval(timer);
}
