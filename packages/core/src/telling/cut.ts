/** At most `limit` UTF-16 units, never half a character; says how many were left out. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "");
  return `${kept} … (${amount(text.length - kept.length, "character")} more)`;
}

/** The first lines of a text, each cut; says how many were left out. */
export function cutLines(text: string, limits: { lines: number; width: number }): string[] {
  const all = text.replaceAll("\r\n", "\n").trimEnd().split("\n");
  // One more line is no longer than the sentence that says that it was left out.
  const fits = all.length <= limits.lines + 1;
  const shown = all.slice(0, fits ? all.length : limits.lines).map((line) => cutText(line, limits.width));
  return fits ? shown : [...shown, `… ${amount(all.length - limits.lines, "line")} more`];
}

export function amount(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
