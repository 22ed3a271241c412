/** What a turn's whole text says beyond what was written already. */
export function lastWords(written: string, whole: string): string {
  const [said, all] = [written.trim(), whole.trim()];
  return all.startsWith(said) ? all.slice(said.length).trim() : all;
}

/** The same without the cause of a failure, and the line that leads to it: the failure itself tells both. */
export function withoutCause(words: string, cause: string | undefined): string {
  if (cause === undefined || cause === "") return words;
  if (words.endsWith(cause)) return withoutLastLine(words.slice(0, -cause.length));
  // The coding agent and the endpoint may each lead to the same cause in words of their own.
  const last = words.slice(words.lastIndexOf("\n") + 1);
  const [, said = ""] = /^[^.]{0,80}\. (?:\d{3}: )?(.+)$/.exec(last) ?? [];
  return said !== "" && cause.endsWith(said) ? withoutLastLine(words) : words;
}

function withoutLastLine(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1).trimEnd();
}
