/** What a turn's whole text says beyond what was written already. */
export function lastWords(written: string, whole: string): string {
  const [said, all] = [written.trim(), whole.trim()];
  return all.startsWith(said) ? all.slice(said.length).trim() : all;
}
