import { Option } from "commander";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { seconds } from "../count.ts";
import { findSession } from "../find-session.ts";
import { requireTarget } from "../require-target.ts";
import { type GivenReview, readReview } from "../read-review.ts";
import { awaitReply, isWell, tellReply } from "../reply.ts";

interface Options extends GivenReview {
  against?: "base" | "target";
  into?: string;
  wait?: boolean;
  timeout?: number;
  json?: boolean;
}

const HELP = `
All comments travel as one prompt, each with the line it is about. A line that is not in the diff is refused, with the
lines that are. A line that was removed is <path>:<line>:old, by its number before the change.

Comments as JSON: [{"path", "line", "text", "side"?, "oid"?}], or {"comments": […], "message"?}. With \`oid\` (newOid or
oldOid of \`harness diff --json\`) a comment on a file that has changed since is refused.

Example:
  harness review k3x --comment src/login.ts:12 "check for null" --comment src/login.ts:30 "name this" --wait`;

export const declareReview: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<id>", "id, prefix or name of a session")
    .option("--comment <words...>", "<path>:<line> and a text; may be given again")
    .option("--from <file>", "take comments from a JSON file; - reads standard input")
    .option("-m, --message <text>", "what is to be said about the whole")
    .addOption(new Option("--against <what>", "the diff that the lines are of").choices(["base", "target"]))
    .option("--into <branch>", "with --against target: another branch than the one it started from")
    .option("--wait", "wait for the reply and print it; exits with 1 when the turn fails")
    .option("--timeout <seconds>", "wait no longer than this", seconds)
    .option("--json", "print {session, id, outcome, reply?}")
    .addHelpText("after", HELP)
    .action(async (name: string, options: Options) => {
      const { against, into, timeout } = options;
      if (into !== undefined) requireTarget(against);
      const session = findSession(root, name);
      const { comments, message } = await readReview(options);
      const json = {
        comments,
        ...(message === undefined ? {} : { message }),
        ...(against === undefined ? {} : { against }),
        ...(into === undefined ? {} : { into }),
      };
      const sent = await bodyOf(connect(root).sessions[":id"].reviews.$post({ param: { id: session }, json }));
      if (!options.wait) return options.json ? terminal.json({ session, ...sent }) : terminal.line(sent.id);
      const wait = { root, terminal, session, message: sent.id };
      const reply = await awaitReply(timeout === undefined ? wait : { ...wait, timeoutMs: timeout });
      if (options.json) terminal.json({ session, ...sent, reply });
      else tellReply(reply, terminal);
      if (!isWell(reply)) process.exitCode = 1;
    });
};
