import { followJsonLines, HarnessError, readJsonLines, type Event } from "@harness/core";
import { eventsOfTurn, parseTurn, type TurnChoice } from "../choose-turn.ts";
import type { DeclareCommand } from "../command.ts";
import { count } from "../count.ts";
import { plainJson } from "../escape.ts";
import { findSession } from "../find-session.ts";
import { createLogLines } from "../log-lines.ts";

// A coding agent that streams writes several events a line.
const TAIL = 1000;

interface Options {
  follow?: boolean;
  tail: number;
  turn?: TurnChoice;
  tools: boolean;
  json?: boolean;
}

export const declareLogs: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("-f, --follow", "go on with what comes, until Ctrl-C or the session is closed")
    .option("-n, --tail <events>", "only the newest so many events; 0 for all", count, TAIL)
    .option("--turn <number>", "only one turn: its number from 1, or `last`", parseTurn)
    .option("--no-tools", "leave tool calls and their results out")
    .option("--json", "print the events as they are, one JSON object a line")
    .addHelpText(
      "after",
      "\nWorks while the dispatcher is down. Long results are cut; --json holds all that was kept." +
        "\n\nExamples:\n  harness logs k3x -f\n  harness logs k3x --turn last --no-tools",
    )
    .action(async (text: string, options: Options) => {
      if (options.turn !== undefined && options.follow)
        throw new HarnessError("usage-invalid", "--turn shows what was, --follow what comes.", {
          hint: "Use one of them.",
        });
      const paths = root.session(findSession(root, text));
      const lines = createLogLines(terminal, { tools: options.tools });
      const show = (event: Event): void => {
        for (const line of options.json ? [plainJson(event)] : lines.add(event)) terminal.line(line);
      };
      const isWhole = options.tail === 0 || options.turn !== undefined;
      const all = await readJsonLines(paths.events, isWhole ? {} : { tail: options.tail });
      const events = options.turn === undefined ? all : eventsOfTurn(all, options.turn);
      for (const event of events) show(event);
      if (options.follow && all.at(-1)?.type !== "session.closed") {
        const ended = new AbortController();
        for await (const event of followJsonLines(paths.events, {
          afterSeq: all.at(-1)?.seq ?? 0,
          signal: ended.signal,
        })) {
          show(event);
          if (event.type === "session.closed") ended.abort();
        }
      }
      for (const line of lines.flush()) terminal.line(line);
    });
};
