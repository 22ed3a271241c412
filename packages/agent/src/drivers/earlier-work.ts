import type { OpenOptions, Prompt } from "./driver.ts";

/** What a new conversation is told of the one that was before it: the session's log knows. Empty when there is nothing to tell. */
export async function earlierWork(
  options: Pick<OpenOptions, "history">,
  { turn }: Pick<Prompt, "turn">,
): Promise<string> {
  // Without it the turn is still worth running.
  const told = await options.history(turn).catch(() => "");
  if (told === "") return "";
  return (
    "This conversation is new, but the work is not: the conversation before it could not be gone on with. " +
    "Files are as that work left them. What the log tells of it, oldest first:\n\n" +
    `${told}\n\n(End of what happened before.)\n\n`
  );
}
