import type { FileDiff } from "../../lib/shapes.ts";
import { isOn, type Spot } from "./drafts.ts";

type Hunk = FileDiff["hunks"][number];

const FILE_LINES = 300;
const ALL_LINES = 1500;

export const linesOf = ({ hunks }: Pick<FileDiff, "hunks">): number =>
  hunks.reduce((sum, { lines }) => sum + lines.length, 0);

/**
 * Which files begin open: those that are read at one sitting, the first of them, and not everything at once; and each on which
 * something is written.
 */
export function openAtFirst(files: readonly FileDiff[], written: readonly Spot[] = []): ReadonlySet<number> {
  const open = new Set(files.flatMap((file, index) => (written.some((spot) => isOn(spot, file)) ? [index] : [])));
  let lines = 0;
  for (const [index, file] of files.entries()) {
    const own = linesOf(file);
    if (own > FILE_LINES || lines + own > ALL_LINES) continue;
    lines += own;
    open.add(index);
  }
  return open;
}

/** The first `limit` lines of a file, in the hunks that they belong to. */
export function firstLines(hunks: readonly Hunk[], limit: number): Hunk[] {
  const shown: Hunk[] = [];
  let left = limit;
  for (const hunk of hunks) {
    if (left <= 0) break;
    shown.push({ ...hunk, lines: hunk.lines.slice(0, left) });
    left -= hunk.lines.length;
  }
  return shown;
}

/** How many lines have to be shown for the last of those that are looked for to be among them; 0 where there is none. */
export function linesUpTo(hunks: readonly Hunk[], isWanted: (line: Hunk["lines"][number]) => boolean): number {
  return hunks.flatMap(({ lines }) => lines).findLastIndex(isWanted) + 1;
}

/** Whether every line ends as on Windows. Then the ends are nothing to see; where they are mixed, each is shown. */
export function endsInReturns(hunks: readonly Hunk[]): boolean {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return lines.length > 0 && lines.every(({ text }) => text.endsWith("\r"));
}
