/** Seatbelt's language is a Scheme: a list, or a word. Regular expressions stand in `#"…"`, with nothing escaped. */
export type Term = string | readonly Term[];

const TOKEN = /\s+|;[^\n]*|(?<mark>[()])|(?<string>"(?:[^"\\]|\\.)*")|#"(?<raw>[^"]*)"|(?<word>[^\s()";]+)/gy;

/** The rules of a profile. Throws where it is none. */
export function parseProfile(text: string): Term[] {
  const open: Term[][] = [[]];
  let end = 0;
  for (const { 0: all, index, groups = {} } of text.matchAll(TOKEN)) {
    end = index + all.length;
    const { mark, string, raw, word } = groups;
    if (mark === "(") open.push([]);
    else if (mark === ")") {
      const closed = open.pop();
      const around = open.at(-1);
      if (closed === undefined || around === undefined) throw new Error(`One ) too many at ${index}.`);
      around.push(closed);
    } else {
      const term = string === undefined ? (raw ?? word) : unescape(string.slice(1, -1));
      if (term !== undefined) open.at(-1)?.push(term);
    }
  }
  if (end !== text.length) throw new Error(`No profile from ${JSON.stringify(text.slice(end, end + 40))} on.`);
  const [rules] = open;
  if (rules === undefined || open.length !== 1) throw new Error("One ( too many.");
  return rules;
}

/** Of what a string may hold, only these two are ever needed: any other escape is a name that we could not have meant. */
function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, mark: string) => {
    if (mark !== '"' && mark !== "\\") throw new Error(`\\${mark} stands in a string.`);
    return mark;
  });
}
