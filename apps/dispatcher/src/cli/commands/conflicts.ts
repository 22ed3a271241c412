import { resolve } from "node:path";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { conflictLines, problemLines, toldLine } from "../conflict-lines.ts";

interface Options {
  repo?: string;
  uncommitted: boolean;
  tell?: boolean;
  json?: boolean;
}

export const declareConflicts: DeclareCommand = (command, { root, terminal, directory }) => {
  command
    .option("--repo <path>", "one repository; all that have open sessions unless given")
    .option("--no-uncommitted", "committed work only, which is faster in large repositories")
    .option("--tell", "send each session in a conflict one message about it, unless it had one")
    .option(
      "--json",
      "print [{repository, sessions, pairs, uncommitted, cost}]; with --tell [{collision, session, about, outcome, problem}]",
    )
    .addHelpText(
      "after",
      "\nMerges are worked out without a checkout: nothing is changed. Two sessions that are not named are apart.\n\nExample:\n  harness conflicts --repo ~/shop",
    )
    .action(async ({ repo, uncommitted, tell, json }: Options) => {
      const api = connect(root).conflicts;
      const where = repo === undefined ? {} : { repository: resolve(directory, repo) };
      if (tell) {
        const told = await bodyOf(api.tell.$post({ json: where }));
        if (json) return terminal.json(told);
        for (const one of told) terminal.line(toldLine(one));
        if (told.length === 0) terminal.line("Nothing collides, so there was nobody to tell.");
        return;
      }
      const query = { ...where, uncommitted: uncommitted ? ("1" as const) : ("0" as const) };
      const sightings = await bodyOf(api.$get({ query }));
      if (json) return terminal.json(sightings);
      for (const line of conflictLines(sightings, terminal)) terminal.line(line);
      for (const line of problemLines(sightings)) terminal.note(line);
    });
};
