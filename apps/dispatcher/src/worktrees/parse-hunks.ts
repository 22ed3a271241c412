import { hasHidden } from "./escape.ts";
import type { FileChange } from "./parse-files.ts";

export interface HunkLine {
  kind: "context" | "added" | "removed";
  /** Line numbers on both sides; null on the side that does not have the line. */
  old: number | null;
  new: number | null;
  text: string;
}

export interface Hunk {
  oldStart: number;
  oldLines: number;
  newStart: number;
  newLines: number;
  /** What git takes for the heading of the part, such as a function. */
  heading: string;
  lines: HunkLine[];
}

/** The hunks of one file. */
export interface FileHunks {
  hunks: Hunk[];
  /** Not everything is there: the patch was cut, or has more or longer lines than are kept. */
  cut: boolean;
  /** A line that was added holds characters that cannot be seen, or that reorder or recolour what can. */
  hidden: boolean;
}

export interface HunkLimits {
  /** Lines of all files together. */
  lines: number;
  /** Characters of one line. */
  characters: number;
}

export const HUNK_LIMITS: HunkLimits = { lines: 20_000, characters: 2_000 };

const FILE = "diff --git ";
const HEAD = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/su;

/**
 * The hunks of a patch, a record a file in the order of `files`. Files are told apart by their order, which is git's, and
 * not by the names in the patch, which are the session's.
 */
export function parseHunks(patch: string, files: readonly FileChange[], limits = HUNK_LIMITS): FileHunks[] {
  const sections = splitSections(patch);
  const left = { lines: limits.lines };
  let at = 0;
  return files.map((file) => {
    // A change of kind, such as a file that becomes a link, is a deletion and a creation.
    const count = file.status === "type changed" ? 2 : 1;
    const own = sections.slice(at, at + count);
    at += count;
    const parsed = own.map((lines) => parseSection(lines, { left, characters: limits.characters }));
    return {
      hunks: parsed.flatMap((section) => section.hunks),
      cut: own.length < count || parsed.some((section) => section.cut),
      hidden: own.some((lines) => lines.some(addsHidden)),
    };
  });
}

// Every line of a file's content begins with a mark, so that none can pass for the heading of a file.
function splitSections(patch: string): string[][] {
  const sections: string[][] = [];
  const lines = patch.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    if (line.startsWith(FILE)) sections.push([]);
    sections.at(-1)?.push(line);
  }
  return sections;
}

interface Budget {
  left: { lines: number };
  characters: number;
}

function parseSection(lines: string[], budget: Budget): { hunks: Hunk[]; cut: boolean } {
  const hunks: Hunk[] = [];
  let cut = false;
  for (let at = 0; at < lines.length;) {
    const head = HEAD.exec(lines[at] ?? "");
    at++;
    if (head === null) continue;
    const hunk = openHunk(head);
    const filled = fillHunk(hunk, lines.slice(at, at + hunk.oldLines + hunk.newLines + 2), budget);
    cut ||= filled.cut;
    at += filled.read;
    if (hunk.lines.length > 0) hunks.push(hunk);
  }
  return { hunks, cut };
}

function openHunk([, oldStart, oldLines = "1", newStart, newLines = "1", heading = ""]: RegExpExecArray): Hunk {
  const count = { oldStart: Number(oldStart), oldLines: Number(oldLines) };
  return { ...count, newStart: Number(newStart), newLines: Number(newLines), heading, lines: [] };
}

function fillHunk(hunk: Hunk, lines: string[], budget: Budget): { read: number; cut: boolean } {
  const next = { old: hunk.oldStart, new: hunk.newStart };
  const end = { old: hunk.oldStart + hunk.oldLines, new: hunk.newStart + hunk.newLines };
  const isWhole = () => next.old >= end.old && next.new >= end.new;
  let cut = false;
  let read = 0;
  for (const line of lines) {
    if (isWhole()) break;
    read++;
    const kind = KINDS[line.charAt(0)];
    if (kind === undefined) continue;
    const numbers = { old: kind === "added" ? null : next.old++, new: kind === "removed" ? null : next.new++ };
    const text = line.slice(1, budget.characters + 1);
    if (budget.left.lines-- > 0) hunk.lines.push({ kind, ...numbers, text });
    cut ||= budget.left.lines < 0 || text.length < line.length - 1;
  }
  return { read, cut: cut || !isWhole() };
}

// Tabs, and the line ends of Windows, stand in ordinary files.
function addsHidden(line: string): boolean {
  return line.startsWith("+") && hasHidden(line.replace(/\r$/u, "").replaceAll("\t", ""));
}

const KINDS: Record<string, HunkLine["kind"] | undefined> = { " ": "context", "+": "added", "-": "removed" };
