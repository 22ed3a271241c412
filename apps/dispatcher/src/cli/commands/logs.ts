import { followJsonLines, readJsonLines, type Event } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { count } from "../count.ts";
import { plainJson } from "../escape.ts";
import { eventLines } from "../event-lines.ts";
import { findSession } from "../find-session.ts";

const TAIL = 200;

export const declareLogs: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("-f, --follow", "go on with what comes, until Ctrl-C or the session is closed")
    .option("-n, --tail <lines>", "only the newest so many events; 0 for all", count, TAIL)
    .option("--json", "print the events as they are, one JSON object a line")
    .addHelpText("after", "\nWorks while the dispatcher is down.\n\nExample:\n  harness logs k3x -f")
    .action(async (text: string, options: { follow?: boolean; tail: number; json?: boolean }) => {
      const paths = root.session(findSession(root, text));
      const show = (event: Event): void => {
        const lines = options.json ? [plainJson(event)] : eventLines(event, terminal);
        for (const line of lines) terminal.line(line);
      };
      const events = await readJsonLines(paths.events, options.tail === 0 ? {} : { tail: options.tail });
      for (const event of events) show(event);
      if (!options.follow) return;
      const ended = new AbortController();
      const afterSeq = events.at(-1)?.seq ?? 0;
      if (events.at(-1)?.type === "session.closed") return;
      for await (const event of followJsonLines(paths.events, { afterSeq, signal: ended.signal })) {
        show(event);
        if (event.type === "session.closed") ended.abort();
      }
    });
};
