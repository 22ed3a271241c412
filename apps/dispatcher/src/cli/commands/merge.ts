import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { plainLine } from "../escape.ts";
import { findSession } from "../find-session.ts";

export const declareMerge: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("--into <branch>", "another branch than the one it started from")
    .option("-m, --message <text>", "the merge commit's message")
    .option("--json", "print {outcome, into, commit, tip, branch, checkout, uncommitted, line}")
    .addHelpText(
      "after",
      "\nA conflict is found before anything moves: then nothing is changed and the files are named.\n\nExample:\n  harness merge k3x --into main",
    )
    .action(async (name: string, { into, message, json }: { into?: string; message?: string; json?: boolean }) => {
      const id = findSession(root, name);
      const input = { ...(into === undefined ? {} : { into }), ...(message === undefined ? {} : { message }) };
      const merge = await bodyOf(connect(root).sessions[":id"].merge.$post({ param: { id }, json: input }));
      if (json) return terminal.json(merge);
      terminal.line(plainLine(merge.line));
      if (merge.checkout) terminal.note(`${plainLine(merge.checkout)} was brought along.`);
      const { modified, untracked } = merge.uncommitted;
      if (modified + untracked > 0)
        terminal.note(`Not committed, so not merged: ${modified} changed and ${untracked} new files.`);
    });
};
