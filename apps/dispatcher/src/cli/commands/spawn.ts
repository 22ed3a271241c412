import { goalMessageId } from "@harness/core";
import type { SpawnInput } from "../../sessions/schema.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { seconds } from "../count.ts";
import { ensureDispatcher } from "../ensure-dispatcher.ts";
import { plainLine } from "../escape.ts";
import { awaitReply, tellReply } from "../reply.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { collectLabel, spawnInput, withoutRepositoryHint, type SpawnOptions } from "../spawn-input.ts";

const EXAMPLES = `
Examples:
  harness spawn "fix the login redirect" --branch hotfix/login -- mytool --headless
  harness spawn "go on with it" --branch hotfix/login --continue --agent mytool --wait
  harness spawn "summarise the news" --no-repo --command 'mytool | tee news.txt'

What follows -- is any program that reads a prompt on standard input and works in the current directory.`;

export const declareSpawn: DeclareCommand = (command, io) => {
  const { root, terminal } = io;
  command
    .argument("<task>", "what to do, in quotes; - reads standard input")
    .option("--repo <path>", "a git repository (default: the one around the current directory)")
    .option("--no-repo", "no repository: the coding agent works in an empty directory")
    .option("--branch <name>", "the branch to make and to work on")
    .option("--base <ref>", "where the branch begins")
    .option("--continue", "go on with a branch that exists")
    .option("--agent <name>", "a coding agent of config.yaml")
    .option("--command <line>", "a shell line in place of a program after --")
    .option("--script <file>", "steps for the scripted driver, as JSON")
    .option("--provider <name>", "a provider of config.yaml")
    .option("--model <name>", "the model")
    .option("--name <name>", "a name that works wherever the id does")
    .option("--sandbox <name>", "the wall around the coding agent")
    .option("--label <key=value>", "a label; may be repeated", collectLabel)
    .option("--wait", "wait for the end of the first turn and print the reply; exits with 1 when it fails")
    .option("--timeout <seconds>", "wait no longer than this", seconds)
    .option(
      "--json",
      "print the session, as GET /api/sessions/:id answers it, without the details; with --wait also `reply`",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (task: string, options: SpawnOptions) => {
      const input: SpawnInput = await spawnInput(task, options, io);
      const isRunning = readDispatcher(root) !== null;
      const { url } = await ensureDispatcher(io);
      if (!isRunning)
        terminal.note(`The dispatcher runs at ${url} from here on. \`harness up\` prints a link to the page.`);
      const session = await bodyOf(connect(root).sessions.$post({ json: input })).catch((error: unknown) => {
        throw options.repo === undefined ? withoutRepositoryHint(error) : error;
      });
      for (const note of session.notes) terminal.note(plainLine(note));
      if (!options.json) terminal.line(session.id);
      if (!options.wait) return options.json ? terminal.json(session) : undefined;

      const message = goalMessageId(session.id);
      const limit = options.timeout === undefined ? {} : { timeoutMs: options.timeout };
      const reply = await awaitReply({ root, terminal, session: session.id, message, ...limit });
      const isWell = options.json
        ? reply.kind === "reply" && reply.body.stopReason === "end_turn"
        : tellReply(reply, terminal);
      if (options.json) terminal.json({ ...session, reply });
      if (!isWell) process.exitCode = 1;
    });
};
