import { useStore } from "../../lib/store.ts";
import { createTabStore } from "../../lib/tab-store.ts";

/** What somebody is about to send. The id is chosen when it is first sent: sent again after a lost answer it is the same message. */
export interface Prompt {
  readonly id: string;
  readonly text: string;
}
type Prompts = Readonly<Record<string, Prompt>>;

const NO_PROMPT: Prompt = { id: "", text: "" };
const NONE: Prompts = {};
// Of all sessions of this tab: who looks at the list, or at another session, comes back to what they wrote.
const store = createTabStore("harness prompts", NONE, readPrompts);

export const usePrompt = (session: string): Prompt => useStore(store, NONE)[session] ?? NO_PROMPT;

export function writePrompt(session: string, prompt: Prompt): void {
  const { [session]: _, ...others } = store.get();
  store.set(prompt.text === "" ? others : { ...others, [session]: prompt });
}

/** After it was sent: what was written meanwhile stays. */
export function clearPrompt(session: string, sent: Prompt): void {
  if (store.get()[session]?.id === sent.id) writePrompt(session, NO_PROMPT);
}

/** What an earlier page of this tab left, another version of it perhaps: what fits is taken. */
export function readPrompts(found: unknown): Prompts | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  return Object.fromEntries(
    Object.entries(found).flatMap(([session, one]: [string, unknown]) => {
      const { id, text } = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
      return typeof id === "string" && typeof text === "string" ? [[session, { id, text }]] : [];
    }),
  );
}
