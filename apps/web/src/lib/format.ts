const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "42 s", "5 min", "1 h 20 min", "3 days": never more than two units. Negative spans (clocks differ) count as none. */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return `${Math.floor(ms / HOUR)} h${minutes === 0 ? "" : ` ${minutes} min`}`;
  }
  const days = Math.floor(ms / DAY);
  return days === 1 ? "1 day" : `${days} days`;
}

/** How long ago `at` (ISO) was, or undefined when it is no time. */
export function elapsedMs(at: string | undefined, now: number): number | undefined {
  const time = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(time) ? undefined : now - time;
}

/** "1 session", "2 sessions". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** "1 changed and 2 new files": what is in no commit; "" for nothing. */
export function looseFiles({ modified, untracked }: { modified: number; untracked: number }): string {
  const parts = [...(modified > 0 ? [`${modified} changed`] : []), ...(untracked > 0 ? [`${untracked} new`] : [])];
  if (parts.length === 0) return "";
  return `${parts.join(" and ")} ${(untracked || modified) === 1 ? "file" : "files"}`;
}

const WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

/** A number that begins a sentence: a word up to nine. */
export function inWords(count: number): string {
  return WORDS[count] ?? String(count);
}

/** The last segment of a path: a repository's short name. */
export function lastSegment(path: string): string {
  return path.split("/").findLast((part) => part !== "") ?? path;
}

/** Clock time of the reader's zone, with the day where that is another than the day of `now`: "26 Nov, 14:03:07". */
export function dayAndTime(at: string, now: number = Date.now()): string {
  const [date, today] = [new Date(at), new Date(now)];
  const isToday = date.toDateString() === today.toDateString();
  if (isToday || Number.isNaN(date.getTime())) return clockTime(at);
  const year = date.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year })}, ${clockTime(at)}`;
}

/** Clock time of the reader's zone, "14:03:07". */
export function clockTime(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : date.toLocaleTimeString("en-GB");
}
