import { ERROR_CODES, HarnessError, isHarnessError } from "@harness/core";
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./command-map.ts";
import type { Io } from "./environment.ts";
import { overview } from "./help.ts";
import { report } from "./report.ts";
import { nearestWord } from "../nearest-word.ts";
import { readVersion } from "../version.ts";

/** Runs one command to its end and returns the exit code. Every error of every command is told here. */
export async function execute(words: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(words, io);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return report(error, words.includes("--json"));
  }
}

async function dispatch(words: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = words[0] === "help" && words[1] !== undefined ? [words[1], "--help"] : words;
  if (first === undefined || ["help", "--help", "-h"].includes(first)) {
    io.terminal.line(overview());
    return 0;
  }
  if (["--version", "-V", "-v"].includes(first)) {
    io.terminal.line(readVersion());
    return 0;
  }
  const entry = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (!entry) throw unknownCommand(first);
  const command = new Command(`harness ${first}`).exitOverride().helpOption("-h, --help", "show this");
  command.description(sentence(entry.summary));
  command.configureOutput({ writeErr: () => undefined }).allowExcessArguments(false);
  const declare = await entry.load();
  declare(command, io);
  const after = entry.takesProgram || io.rest.length === 0 ? [] : ["--", ...io.rest];
  await command.parseAsync([...others, ...after], { from: "user" }).catch((error: unknown) => {
    throw translate(error, command, others[0]);
  });
  return typeof process.exitCode === "number" ? process.exitCode : 0;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}${/[?.]$/.test(summary) ? "" : "."}`;
}

function unknownCommand(word: string): HarnessError {
  const near = nearestWord(word, Object.keys(COMMANDS));
  return new HarnessError("usage-invalid", `There is no command ${JSON.stringify(word.slice(0, 80))}.`, {
    hint: near ? `Did you mean \`harness ${near}\`? See \`harness --help\`.` : "See `harness --help`.",
  });
}

function translate(error: unknown, command: Command, word: string | undefined): unknown {
  const meant = command.commands.find((each) => each.name() === word) ?? command;
  const see = `See \`${meant === command ? command.name() : `${command.name()} ${meant.name()}`} --help\`.`;
  if (isHarnessError(error) && error.hint === ERROR_CODES["usage-invalid"].hint)
    return new HarnessError(error.code, error.message, { hint: see, details: error.details, cause: error });
  if (!(error instanceof CommanderError) || error.exitCode === 0) return error;
  if (error.code === "commander.help") {
    const names = command.commands.map((each) => each.name()).join(", ");
    return new HarnessError("usage-invalid", `\`${command.name()}\` takes a command: ${names}.`, { hint: see });
  }
  const text = error.message
    .replace(/^error: /, "")
    .replace(/[\n.]*$/, ".")
    .replaceAll(/\.?\n/g, ". ");
  const quotes = error.code === "commander.excessArguments" ? "A text of several words stands in quotes. " : "";
  return new HarnessError("usage-invalid", `${text.charAt(0).toUpperCase()}${text.slice(1)}`, {
    hint: `${quotes}${see}`,
  });
}
