import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { plainLine } from "../escape.ts";
import { findSession } from "../find-session.ts";

export const declareRm: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id...>", "ids, prefixes or names of sessions")
    .option("--discard", "keep nothing of the work that was not merged")
    .option("--json", "print [{id, salvaged, notes}]")
    .addHelpText(
      "after",
      "\nBefore it deletes, it keeps commits that were not merged, uncommitted and untracked work, and says where.\n`harness salvage` lists it and brings it back.\n\nExample:\n  harness rm k3x",
    )
    .action(async (names: string[], options: { discard?: boolean; json?: boolean }) => {
      const ids = [...new Set(names.map((name) => findSession(root, name)))];
      const api = connect(root);
      const removals = [];
      for (const id of ids) {
        const query = options.discard ? { discard: "1" as const } : {};
        removals.push(await bodyOf(api.sessions[":id"].$delete({ param: { id }, query })));
      }
      if (options.json) return terminal.json(removals);
      for (const { id, salvaged, notes } of removals) {
        terminal.line(`${id}  removed`);
        for (const kept of [...salvaged, ...notes]) terminal.note(`  ${plainLine(kept)}`);
      }
    });
};
