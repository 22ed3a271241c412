import { HarnessError } from "@harness/core";
import { Option } from "commander";
import type { MergeItem } from "../../merges/item.ts";
import { outcomeOf } from "../../merges/outcome-of.ts";
import type { How } from "../../worktrees/merge-record.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { plainLine, plainText } from "../escape.ts";
import { findSession } from "../find-session.ts";
import { isUnwalled, mergeLine, UNWALLED } from "../merge-lines.ts";
import { previewLines } from "../preview-lines.ts";
import { waitForMerge } from "../wait-for-merge.ts";

interface Options {
  into?: string;
  mergeCommit?: boolean;
  squash?: boolean;
  rebase?: boolean;
  message?: string;
  expect?: string;
  expectTarget?: string;
  expectPolicy?: string;
  allowRisky?: string;
  dryRun?: boolean;
  queue?: boolean;
  json?: boolean;
}

const HELP = `
Several sessions come in one after the other, in the order given; those that fit are tried together.
A conflict is found before anything moves: then nothing is changed, the files are named and the session is told.
What may later run on this machine (workflows, hooks, scripts, settings of editors and coding agents, links, submodules,
programs, hidden text) is listed and refused until exactly that commit is allowed.

Examples:
  harness merge k3x --into main
  harness merge k3x fix docs --squash
  harness merge k3x --dry-run
  harness merge k3x --expect <commit> --allow-risky <commit>`;

export const declareMerge: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id...>", "ids, prefixes or names of sessions")
    .option("--into <branch>", "another branch than the one they started from")
    .addOption(new Option("--merge-commit", "below a merge commit (default)").conflicts(["squash", "rebase"]))
    .addOption(new Option("--squash", "as one new commit").conflicts(["rebase"]))
    .option("--rebase", "commit by commit on top of the branch")
    .option("-m, --message <text>", "message of the merge commit, or of the one that is squashed")
    .option("--expect <commit>", "refuse unless the session stands on exactly this commit")
    .option("--expect-target <commit>", "refuse unless the branch stands on exactly this commit")
    .option("--expect-policy <digest>", "refuse unless the rules are still these; --dry-run prints them")
    .option("--allow-risky <commit>", "yes to what was found in exactly this commit")
    .option("--dry-run", "say what a merge would come to, and do nothing")
    .option("--queue", "do not wait for it")
    .option(
      "--json",
      "print {outcome, into, commit, tip, branch, checkout, uncommitted, line, take}; for several, each as `merges` does",
    )
    .addHelpText("after", HELP)
    .action(async (names: string[], options: Options) => {
      const isExact = [options.expect, options.allowRisky, options.dryRun].some((value) => value !== undefined);
      if (isExact && names.length > 1)
        throw new HarnessError("usage-invalid", "--expect, --allow-risky and --dry-run are about one session.");
      const sessions = names.map((name) => findSession(root, name));
      const api = connect(root);
      if (options.dryRun) return preview(sessions);
      const items = await bodyOf(api.merges.$post({ json: { sessions, ...wishOf(options) } }));
      const ended: MergeItem[] = options.queue ? items : [];
      if (!options.queue)
        for (const item of items) ended.push(await waitForMerge(api, item, options.json ? () => {} : terminal.note));
      const [only] = ended;
      if (only !== undefined && ended.length === 1 && !options.queue) return tellOne(only);
      if (options.json) terminal.json(ended);
      else for (const item of ended) terminal.line(plainText(mergeLine(item)));
      if (!options.queue && ended.some(({ merge }) => merge === null)) process.exitCode = 1;

      async function preview([session = ""]: string[]): Promise<void> {
        const { into } = options;
        const how = howOf(options);
        const query = { ...(into === undefined ? {} : { into }), ...(how === undefined ? {} : { how }) };
        const found = await bodyOf(api.sessions[":id"].merge.$get({ param: { id: session }, query }));
        if (options.json) return terminal.json(found);
        for (const line of previewLines(found)) terminal.line(plainText(line));
      }

      function tellOne(item: MergeItem): void {
        const merge = outcomeOf(item);
        if (options.json) return terminal.json(merge);
        terminal.line(plainLine(merge.line));
        if (isUnwalled(item)) terminal.note(UNWALLED);
        if (merge.checkout) terminal.note(`${plainLine(merge.checkout)} was brought along.`);
        const { modified, untracked } = merge.uncommitted;
        if (modified + untracked > 0)
          terminal.note(`Not committed, so not merged: ${modified} changed and ${untracked} new files.`);
      }
    });
};

function howOf({ mergeCommit, squash, rebase }: Options): How | undefined {
  if (squash) return "squash";
  if (rebase) return "rebase";
  return mergeCommit ? "merge-commit" : undefined;
}

function wishOf(options: Options) {
  const { into, message, allowRisky, expect: tip, expectTarget: target, expectPolicy: policy } = options;
  const expect = defined({ tip, target, policy });
  return defined({
    into,
    message,
    allowRisky,
    how: howOf(options),
    expect: Object.keys(expect).length > 0 ? expect : undefined,
  });
}

function defined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
