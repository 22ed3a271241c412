/** A text of at most `limit` characters: the beginning. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 2).toWellFormed()} …`;
}

/** The beginning and the end of a text that is too long. */
export function clipMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}\n… ${text.length - 2 * half} characters left out …\n${text.slice(-half)}`.toWellFormed();
}

/** One line of at most `limit` characters. */
export function oneLine(text: string, limit: number): string {
  return clip(
    text
      .slice(0, limit * 4)
      .replace(/\s+/g, " ")
      .trim(),
    limit,
  );
}

/** Foreign JSON as text. */
export function jsonText(value: unknown, limit: number): string {
  try {
    return clip(JSON.stringify(value) ?? "", limit);
  } catch {
    return "";
  }
}
