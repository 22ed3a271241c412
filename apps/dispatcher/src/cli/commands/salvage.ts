import { resolve } from "node:path";
import { parseId } from "@harness/core";
import type { Command } from "commander";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { diffLines } from "../diff-lines.ts";
import type { Io } from "../environment.ts";
import { plainLine } from "../escape.ts";
import { salvageSheet, salvageTable } from "../salvage-table.ts";

const ID = "id, unambiguous beginning of an id, or name of the session";

export const declareSalvage: DeclareCommand = (command, io) => {
  declareLs(command.command("ls"), io);
  declareShow(command.command("show"), io);
  declareRestore(command.command("restore"), io);
  command.addHelpText(
    "after",
    `
A session that is removed, archived or given up leaves its commits, uncommitted and new files here. config.yaml says
how long: salvage.keepDays and salvage.maxBytes. What git ignores is named, and lies with the session's directory in
the trash for trash.keepDays. All of them print JSON with --json.

Example:
  harness salvage restore k3x --branch rescued`,
  );
};

function declareLs(command: Command, { root, terminal }: Io): void {
  command
    .description("What is kept of sessions, and until when.")
    .option("--json", "print the list, as GET /api/salvage answers it")
    .action(async ({ json }: { json?: boolean }) => {
      const all = await bodyOf(connect(root).salvage.$get());
      if (json) return terminal.json(all);
      if (all.length === 0) return terminal.note("Nothing is kept.");
      for (const line of salvageTable(all, terminal, Date.now())) terminal.line(line);
      for (const { session, problem } of all) if (problem !== null) terminal.note(`${session}: ${plainLine(problem)}`);
    });
}

function declareShow(command: Command, { root, terminal }: Io): void {
  command
    .description("One of them: what it is, its files, its patch.")
    .argument("<id>", ID)
    .option("--patch", "the changes too")
    .option("--json", "print {salvage, files, stat, patch, cut}")
    .action(async (name: string, { patch, json }: { patch?: boolean; json?: boolean }) => {
      const id = parseId(name, "session id");
      const detail = await bodyOf(connect(root).salvage[":id"].$get({ param: { id } }));
      if (json) return terminal.json(detail);
      for (const line of salvageSheet(detail.salvage, Date.now())) terminal.line(line);
      for (const line of diffLines(patch ? `${detail.stat}\n${detail.patch}` : detail.stat, terminal))
        terminal.line(line);
      if (patch && detail.cut) terminal.note("The rest is too long to show. Restore it to see it all.");
    });
}

interface RestoreOptions {
  branch?: string;
  repo?: string;
  to?: string;
  json?: boolean;
}

function declareRestore(command: Command, { root, terminal }: Io): void {
  command
    .description("Puts it on a new branch, or into a directory.")
    .argument("<id>", ID)
    .option("--branch <name>", "a branch that is not there yet (default: salvage-<id>)")
    .option("--repo <path>", "the repository, where it is no longer where it was")
    .option("--to <directory>", "files instead of a branch: a new or empty directory")
    .option("--json", "print {session, branch, commit, repository, directory, moved, line}")
    .addHelpText("after", "\nNo checkout is touched: take the branch with git when you are ready.")
    .action(async (name: string, { branch, repo, to, json }: RestoreOptions) => {
      const id = parseId(name, "session id");
      const input = {
        ...(branch === undefined ? {} : { branch }),
        ...(repo === undefined ? {} : { repository: resolve(repo) }),
        ...(to === undefined ? {} : { to: resolve(to) }),
      };
      const restored = await bodyOf(connect(root).salvage[":id"].restore.$post({ param: { id }, json: input }));
      if (json) return terminal.json(restored);
      terminal.line(plainLine(restored.line));
      if (restored.branch !== null) {
        for (const path of restored.moved) terminal.note(`Kept beside it, and not on the branch: ${plainLine(path)}`);
      }
    });
}
