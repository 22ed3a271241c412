/** What a turn's whole text says beyond what was written already. */
export function lastWords(written: string, whole: string): string {
  const [said, all] = [written.trim(), whole.trim()];
  return all.startsWith(said) ? all.slice(said.length).trim() : all;
}

/** The same without the cause of a failure, and the line that leads to it: the failure itself tells both. */
export function withoutCause(words: string, cause: string | undefined): string {
  if (cause === undefined || cause === "" || !words.endsWith(cause)) return words;
  const before = words.slice(0, -cause.length);
  return before.slice(0, before.lastIndexOf("\n") + 1).trimEnd();
}
