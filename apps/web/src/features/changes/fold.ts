import type { FileDiff } from "../../lib/shapes.ts";

type Hunk = FileDiff["hunks"][number];

const FILE_LINES = 300;
const ALL_LINES = 1500;

export const linesOf = ({ hunks }: Pick<FileDiff, "hunks">): number =>
  hunks.reduce((sum, { lines }) => sum + lines.length, 0);

/** Which files begin open: those that are read at one sitting, the first of them, and not everything at once. */
export function openAtFirst(files: readonly FileDiff[]): ReadonlySet<number> {
  const open = new Set<number>();
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

/** Whether every line ends as on Windows. Then the ends are nothing to see; where they are mixed, each is shown. */
export function endsInReturns(hunks: readonly Hunk[]): boolean {
  const lines = hunks.flatMap((hunk) => hunk.lines);
  return lines.length > 0 && lines.every(({ text }) => text.endsWith("\r"));
}
