import { failureWords, wallMark } from "@harness/core/telling";
import type { SessionSummary } from "../sessions/schema.ts";
import { BADGE_COLOURS } from "./badge-colour.ts";
import { plainLine } from "./escape.ts";
import { age } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import { fitText, padText, textWidth } from "./text-width.ts";

const TITLES = ["ID", "NAME", "BADGE", "SANDBOX", "AGENT", "MODEL", "BRANCH", "TURN", "AGE", "LAST LINE"];
const BADGE = 2;
// Left out where no session has something to say in them: the line is short enough as it is.
const SANDBOX = 3;
const MODEL = 5;
/** Where the terminal is too narrow for all: the model, the age, the agent, the branch, the turn. `harness show` has them. */
const LEFT_OUT_FIRST = [MODEL, 8, 4, 6, 7];
// What a column may take where the terminal is narrow; ids are never cut, because they are typed again.
const WIDEST = [64, 20, 12, 10, 14, 20, 28, 20, 5, Infinity];
const GAP = "  ";
const NARROWEST_LAST = 12;

/** The lines of `harness ps`, fitted to the terminal. */
export function sessionTable(sessions: readonly SessionSummary[], terminal: Terminal, nowMs: number): string[] {
  const all = sessions.map((session) => cells(session, nowMs));
  const room = terminal.columns ?? Infinity;
  const widest = TITLES.map((title, column) => {
    const width = Math.max(textWidth(title), ...all.map((row) => textWidth(row[column] ?? "")));
    return terminal.columns === undefined ? width : Math.min(width, WIDEST[column] ?? width);
  });
  const columns = fitting(
    widest,
    [MODEL, SANDBOX].filter((column) => all.every((row) => row[column] === "-")),
    room,
  );
  const chosen = <T>(row: readonly T[]): T[] => row.filter((_, column) => columns.includes(column));
  const [titles, rows, widths] = [chosen(TITLES), all.map(chosen), chosen(widest)];
  if (terminal.columns !== undefined) widths[widths.length - 1] = Math.max(NARROWEST_LAST, room - before(widths));

  const line = (row: readonly string[], paint: (cell: string, column: number) => string) =>
    row
      .map((cell, column) => {
        const fitted = fitText(cell, widths[column] ?? 0);
        return paint(column === row.length - 1 ? fitted : padText(fitted, widths[column] ?? 0), column);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(titles, (cell) => terminal.colour("dim", cell)),
    ...rows.map((row, index) =>
      line(row, (cell, column) => {
        const session = sessions[index];
        if (columns[column] === SANDBOX && cell.trim() !== "-") return terminal.colour("red", cell);
        return columns[column] === BADGE && session ? terminal.colour(BADGE_COLOURS[session.badge], cell) : cell;
      }),
    ),
  ];
}

function before(widths: readonly number[]): number {
  return widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
}

// The columns that there is room for. What tells one session from another, how it is and that it has no wall is never left out.
function fitting(widths: readonly number[], empty: readonly number[], room: number): number[] {
  const left = [...empty];
  const kept = () => [...widths.keys()].filter((column) => !left.includes(column));
  for (const column of LEFT_OUT_FIRST) {
    if (before(kept().map((each) => widths[each] ?? 0)) + NARROWEST_LAST <= room) break;
    left.push(column);
  }
  return kept();
}

function cells(session: SessionSummary, nowMs: number): string[] {
  const [question] = session.waiting;
  return [
    session.id,
    session.name ?? "-",
    session.badge,
    wallMark(session.wall?.sandbox) ?? "-",
    session.agent.name,
    session.model ?? session.provider ?? "-",
    session.branch ?? "-",
    turnCell(session),
    age(session.createdAt, nowMs),
    question?.text ?? setupOf(session) ?? failureOf(session) ?? session.lastLine ?? session.task,
  ].map(plainLine);
}

function turnCell({ turn, turns }: SessionSummary): string {
  if (turn === null) return turns === 0 ? "-" : String(turns);
  if (turn.state === "running") return `${turns + 1} running`;
  return turn.stopReason === undefined || turn.stopReason === "end_turn"
    ? String(turns)
    : `${turns} ${turn.stopReason}`;
}

function setupOf({ setup, alive }: SessionSummary): string | undefined {
  if (setup?.state === "running" && alive) return "setting up";
  return setup?.state === "failed" ? `setup failed: ${setup.reason ?? ""} ${setup.lines?.at(-1) ?? ""}` : undefined;
}

function failureOf({ turn }: SessionSummary): string | undefined {
  return turn?.failure && `${failureWords(turn.failure)}: ${turn.failure.text}`;
}
