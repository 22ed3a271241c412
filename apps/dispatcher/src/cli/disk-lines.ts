import type { DiskReport } from "../disk/schema.ts";
import { tellBytes } from "../disk/tell-bytes.ts";
import { plainLine } from "./escape.ts";
import type { Terminal } from "./terminal.ts";
import { padText, textWidth } from "./text-width.ts";

const TITLES = ["SIZE", "WORKTREE", "GIT", "HOME", "LOG", "WHAT"];

/** What `harness disk` says. */
export function diskLines(report: DiskReport, { colour }: Pick<Terminal, "colour">): string[] {
  const rows = [...report.sessions.map(sessionCells), ...sharedRows(report)];
  const widths = TITLES.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(textWidth)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : padStart(cell, widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const free = report.free === null ? "" : `; ${tellBytes(report.free)} free on this file system`;
  return [
    colour("dim", line(TITLES)),
    ...rows.map(line),
    "",
    `${report.atLeast ? "at least " : ""}${tellBytes(report.bytes)} in all${free}.`,
    ...advice(report).map((text) => colour("dim", text)),
  ];
}

function sessionCells({ id, name, closed, parts, ...measured }: DiskReport["sessions"][number]): string[] {
  const sizes = [parts.worktree, parts.objects, parts.home, parts.log];
  const what = `session ${id}${name === null ? "" : ` ${plainLine(name)}`}${closed ? " (closed)" : ""}`;
  return [sizeOf(measured), ...sizes.map((size) => (measured.bytes === null ? "-" : tellBytes(size))), what];
}

// An empty directory is not worth a line.
function sharedRows({ shared }: DiskReport): string[][] {
  return shared
    .filter(({ bytes }) => bytes === null || bytes > EMPTY)
    .map(({ kind, name, ...measured }) => [
      sizeOf(measured),
      "",
      "",
      "",
      "",
      plainLine(kind === "hub" ? `hub ${name}` : `${kind}/`),
    ]);
}

const EMPTY = 4096;

function sizeOf({ bytes, atLeast }: { bytes: number | null; atLeast: boolean }): string {
  if (bytes === null) return "not yet";
  return atLeast ? `> ${tellBytes(bytes)}` : tellBytes(bytes);
}

function advice({ sessions, shared }: DiskReport): string[] {
  const closed = sessions.find((session) => session.closed);
  const largest = closed ?? sessions[0];
  const holdsTrash = shared.some(({ kind, bytes }) => kind === "trash" && (bytes ?? 0) > EMPTY);
  return [
    ...(largest === undefined
      ? []
      : [`\`harness rm ${largest.id}\` gives a session's space back and keeps its unmerged work.`]),
    ...(holdsTrash ? ["What is in trash/ goes by itself: `trash` in config.yaml says when."] : []),
  ];
}

function padStart(text: string, width: number): string {
  return padText("", width - textWidth(text)) + text;
}
