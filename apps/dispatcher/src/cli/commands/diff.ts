import { bodyOf, connect } from "../client.ts";
import { Option } from "commander";
import type { DeclareCommand } from "../command.ts";
import { diffLines } from "../diff-lines.ts";
import { escapeLine } from "../../worktrees/escape.ts";
import { findSession } from "../find-session.ts";
import { requireTarget } from "../require-target.ts";

interface Options {
  against?: "base" | "target";
  into?: string;
  tip?: string;
  stat?: boolean;
  json?: boolean;
}

export const declareDiff: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .addOption(
      new Option("--against <what>", "base: since it began (default); target: what a merge would bring").choices([
        "base",
        "target",
      ]),
    )
    .option("--into <branch>", "with --against target: another branch than the one it started from")
    .option("--tip <commit>", "exactly what a merge brings that has not ended; `harness merges --json` has its commit")
    .option("--stat", "the files only")
    .option("--json", "print {against, from, to, files, stat, patch, cut, uncommitted, nested}; a file has its hunks")
    .addHelpText(
      "after",
      "\nShows committed, uncommitted and new files.\n\nExample:\n  harness diff k3x --against target",
    )
    .action(async (name: string, { against, into, tip, stat, json }: Options) => {
      if (into !== undefined && tip === undefined) requireTarget(against);
      const id = findSession(root, name);
      const query = {
        ...(against ? { against } : {}),
        ...(into === undefined ? {} : { into }),
        ...(tip === undefined ? {} : { tip }),
      };
      const diff = await bodyOf(connect(root).sessions[":id"].diff.$get({ param: { id }, query }));
      if (json) return terminal.json(diff);
      for (const line of diffLines(stat ? diff.stat : diff.patch, terminal)) terminal.line(line);
      if (diff.files.length === 0) terminal.note("It changed nothing.");
      const hidden = diff.files.filter((file) => file.hidden).map(({ path }) => escapeLine(path));
      if (hidden.length > 0) {
        const more = hidden.length > 5 ? ` and ${hidden.length - 5} more` : "";
        terminal.note(`Hidden characters, spelled out as \\u{…}: ${hidden.slice(0, 5).join(", ")}${more}.`);
      }
      if (diff.cut && !stat) terminal.note("The rest is too long to show. --stat names every file.");
      for (const path of diff.nested) terminal.note(`Not shown: ${escapeLine(path)} is a repository of its own.`);
      const { modified, untracked } = diff.uncommitted;
      if (modified + untracked > 0)
        terminal.note(`Not committed: ${modified} changed and ${untracked} new. A merge would not bring them.`);
    });
};
