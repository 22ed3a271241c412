import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { findSession } from "../find-session.ts";

export const declareToken: DeclareCommand = (command, { root, terminal }) => {
  const declare = (verb: "rotate" | "revoke", summary: string): void => {
    command
      .command(verb)
      .description(summary)
      .argument("<id>", "id, prefix or name of a session")
      .option("--json", "print {id, file}")
      .action(async (name: string, options: { json?: boolean }) => {
        const id = findSession(root, name);
        const { token } = connect(root).sessions[":id"];
        const param = { param: { id } };
        const answer = await bodyOf(verb === "rotate" ? token.rotate.$post(param) : token.revoke.$post(param));
        if (options.json) return terminal.json(answer);
        terminal.line(verb === "rotate" ? `${id}  new token in ${answer.file}` : `${id}  has no token any more`);
      });
  };
  declare("rotate", "Gives a session a new token; the old one is refused from the next request on.");
  declare("revoke", "Takes a session's token away; the session goes on working on its files.");
  command.addHelpText("after", "\nNo other session is touched.\n\nExample:\n  harness token rotate k3x");
};
