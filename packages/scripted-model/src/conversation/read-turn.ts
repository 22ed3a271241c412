import type { Entry } from "./call.ts";

/** Where a conversation stands. */
export interface Turn {
  /** What the person said last, newest first: several texts when nothing stands between them. */
  texts: string[];
  /** How many turns came before this one. */
  number: number;
  /** Tool results since. */
  results: number;
}

// Coding agents put notes of their own beside what the person said, as blocks such as <system-reminder>…</system-reminder>.
const note = /^[ \t]*<([a-z][\w-]*)(?: [^>\n]*)?>[\s\S]*?<\/\1>[ \t]*$/gm;

/** What the person said, without the agent's notes. */
export function stripNotes(text: string): string {
  return text.replaceAll(note, "").trim();
}

/** The turn a conversation is in: it begins with a text of the person that follows something else. */
export function readTurn(entries: Entry[]): Turn {
  let turn: Turn = { texts: [], number: -1, results: 0 };
  let speaking = false;
  for (const entry of entries) {
    if (entry.kind === "user") {
      const text = stripNotes(entry.text);
      if (text === "") continue;
      if (speaking) turn.texts.unshift(text);
      else turn = { texts: [text], number: turn.number + 1, results: 0 };
      speaking = true;
    } else {
      speaking = false;
      if (entry.kind === "result") turn.results += 1;
    }
  }
  return turn;
}
