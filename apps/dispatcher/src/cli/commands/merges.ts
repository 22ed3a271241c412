import { parseId } from "@harness/core";
import { bodyOf, connect, textOf } from "../client.ts";
import { Option } from "commander";
import type { DeclareCommand } from "../command.ts";
import { plainText } from "../escape.ts";
import { mergeLine, mergeTable } from "../merge-lines.ts";

interface Options {
  all?: boolean;
  cancel?: string;
  log?: string;
  json?: boolean;
}

export const declareMerges: DeclareCommand = (command, { root, terminal }) => {
  command
    .option("--all", "also those that have ended")
    .addOption(new Option("--cancel <merge>", "take one out that has not begun").conflicts(["log", "all"]))
    .addOption(new Option("--log <merge>", "what its gate printed").conflicts(["all", "json"]))
    .option(
      "--json",
      "print each as {id, session, repository, into, how, branch, tip, state, step, outcome, findings, gate, merge, error, …}",
    )
    .addHelpText("after", "\nExamples:\n  harness merges\n  harness merges --cancel k3xq\n  harness merges --log k3xq")
    .action(async ({ all, cancel, log, json }: Options) => {
      const named = log ?? cancel;
      // A name with dots and slashes would lead to another route.
      if (named !== undefined) parseId(named, "merge id");
      const api = connect(root);
      if (log !== undefined) {
        const text = await textOf(api.merges[":id"].log.$get({ param: { id: log } }));
        return terminal.line(plainText(text.trimEnd()));
      }
      if (cancel !== undefined) {
        const item = await bodyOf(api.merges[":id"].cancel.$post({ param: { id: cancel } }));
        return json ? terminal.json(item) : terminal.line(plainText(mergeLine(item)));
      }
      const items = await bodyOf(api.merges.$get({ query: all ? { all: "1" } : {} }));
      if (json) return terminal.json(items);
      if (items.length === 0) return terminal.note("No merge waits.");
      for (const line of mergeTable(items, terminal, Date.now())) terminal.line(line);
    });
};
