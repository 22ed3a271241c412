import type { Clock } from "@harness/core";
import type { Narrator } from "../demo/narrator.ts";
import { plainLine, plainText } from "./escape.ts";
import type { Terminal } from "./terminal.ts";
import { padText, textWidth } from "./text-width.ts";

interface Pacing {
  clock: Clock;
  pauseMs: number;
  signal: AbortSignal;
}

/** Tells the story in a terminal. */
export function createNarrator(terminal: Terminal, { clock, pauseMs, signal }: Pacing): Narrator {
  let chapters = 0;
  return {
    chapter: (title) => {
      terminal.line();
      terminal.line(terminal.colour("bold", `${++chapters}  ${title}`));
    },
    say: (text) => terminal.line(plainText(text)),
    quote: (text) => {
      for (const line of plainText(text).trimEnd().split("\n")) terminal.line(terminal.colour("cyan", `    ${line}`));
    },
    table: (rows) => {
      const cells = rows.map((row) => row.map(plainLine));
      const columns = Math.max(...cells.map((row) => row.length));
      const widths = Array.from({ length: columns }, (_, column) =>
        Math.max(...cells.map((row) => textWidth(row[column] ?? ""))),
      );
      for (const [index, row] of cells.entries()) {
        const line = row
          .map((cell, column) => padText(cell, widths[column] ?? 0))
          .join("  ")
          .trimEnd();
        terminal.line(`  ${index === 0 ? terminal.colour("dim", line) : line}`);
      }
    },
    pause: () => (pauseMs === 0 ? Promise.resolve() : clock.sleep(pauseMs, signal)),
  };
}
