import { Option } from "commander";
import { goalMessageId } from "@harness/core";
import type { SpawnInput } from "../../sessions/schema.ts";
import { bodyOf, connect } from "../client.ts";
import type { DeclareCommand } from "../command.ts";
import { seconds } from "../count.ts";
import { ensureDispatcher } from "../ensure-dispatcher.ts";
import { plainLine } from "../escape.ts";
import { awaitReply, isWell, tellReply } from "../reply.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { collectLabel, spawnInput, withKeyHint, withoutRepositoryHint, type SpawnOptions } from "../spawn-input.ts";

const EXAMPLES = `
Examples:
  ANTHROPIC_API_KEY=… harness spawn "fix the login redirect" --branch hotfix/login
  harness spawn "add a search box" --agent goose --provider local --model qwen3-coder
  harness spawn "fix the footer" --branch hotfix/footer -- mytool --headless
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
    .option("--agent <name>", "the coding agent; `harness agents` lists them")
    .option("--command <line>", "a shell line in place of a program after --")
    .option("--script <file>", "steps for the scripted driver, as JSON")
    .option("--provider <name>", "whose model: anthropic, openai, gemini, or one of config.yaml")
    .option("--model <name>", "the model, as the provider names it")
    .option("--name <name>", "a name that works wherever the id does")
    .addOption(
      new Option("--sandbox <name>", "the wall around the coding agent").choices([
        "auto",
        "bubblewrap",
        "seatbelt",
        "none",
      ]),
    )
    .option("--network <reach>", "what it reaches from behind the wall: none, provider, host, or host[:port],…")
    .option("--push", "let it push its own branch, with the credential that config.yaml names for the repository")
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
        const told = options.repo === undefined ? withoutRepositoryHint(error) : error;
        throw withKeyHint(told, io.environment);
      });
      for (const note of session.notes) terminal.note(plainLine(note));
      if (!options.json) terminal.line(session.id);
      if (!options.wait) return options.json ? terminal.json(session) : undefined;

      const message = goalMessageId(session.id);
      const limit = options.timeout === undefined ? {} : { timeoutMs: options.timeout };
      const reply = await awaitReply({ root, terminal, session: session.id, message, ...limit });
      if (options.json) terminal.json({ ...session, reply });
      else tellReply(reply, terminal);
      if (!isWell(reply)) process.exitCode = 1;
    });
};
