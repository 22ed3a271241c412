import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { plainLine } from "../escape.ts";
import { findSession } from "../find-session.ts";

export const declareArchive: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id...>", "ids, prefixes or names of sessions")
    .option("--json", "print [{id, directory, salvaged, notes}]")
    .addHelpText(
      "after",
      `
Ends the session and moves its whole directory to archive/<id> of the state root. The directory needs nothing
outside: it can be moved to another machine. The branch's name is free again. An archived session does not run
again; its work comes back with \`harness salvage restore\`.

Example:
  harness archive k3x`,
    )
    .action(async (names: string[], options: { json?: boolean }) => {
      const ids = [...new Set(names.map((name) => findSession(root, name)))];
      const api = connect(root);
      const archived = [];
      for (const id of ids) archived.push(await bodyOf(api.sessions[":id"].archive.$post({ param: { id } })));
      if (options.json) return terminal.json(archived);
      for (const { id, directory, salvaged, notes } of archived) {
        terminal.line(`${id}  archived in ${directory}`);
        for (const kept of [...salvaged, ...notes]) terminal.note(`  ${plainLine(kept)}`);
      }
    });
};
