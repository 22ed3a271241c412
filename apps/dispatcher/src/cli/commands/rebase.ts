import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { plainLine } from "../escape.ts";
import { findSession } from "../find-session.ts";

const HELP = `
Works the new commits out in the hub. The session's worktree is its own: a message asks the session to take them, which
costs it a turn. Where they conflict nothing is changed and the session is told with what.

Example:
  harness rebase k3x`;

export const declareRebase: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("--onto <branch>", "another branch than the one it started from")
    .option("--json", "print {outcome, onto, target, tip, commit, count, uncommitted, message}")
    .addHelpText("after", HELP)
    .action(async (name: string, { onto, json }: { onto?: string; json?: boolean }) => {
      const id = findSession(root, name);
      const input = onto === undefined ? {} : { onto };
      const rebase = await bodyOf(connect(root).sessions[":id"].rebase.$post({ param: { id }, json: input }));
      if (json) return terminal.json(rebase);
      const { outcome, target, commit, count } = rebase;
      const where = `${plainLine(rebase.onto)} (${target.slice(0, 10)})`;
      if (outcome === "up to date") return terminal.line(`${id} stands on ${where} already.`);
      terminal.line(
        `${count} ${count === 1 ? "commit" : "commits"} of ${id} on top of ${where}: ${commit.slice(0, 10)}.`,
      );
      terminal.note("The session is asked to take them.");
    });
};
