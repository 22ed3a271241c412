import { HarnessError } from "@harness/core";
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
    return report(translate(error, words[0]), words.includes("--json"));
  }
}

async function dispatch(words: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = words[0] === "help" && words[1] !== undefined ? [words[1], "--help"] : words;
  if (first === undefined || ["help", "--help", "-h"].includes(first)) {
    io.terminal.line(overview());
    return 0;
  }
  if (first === "--version" || first === "-V") {
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
  await command.parseAsync([...others, ...after], { from: "user" });
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

function translate(error: unknown, name: string | undefined): unknown {
  if (!(error instanceof CommanderError)) return error;
  const text = error.message
    .replace(/^error: /, "")
    .replace(/[\n.]*$/, ".")
    .replaceAll(/\.?\n/g, ". ");
  const quotes = error.code === "commander.excessArguments" ? "A text of several words stands in quotes. " : "";
  const hint = `${quotes}See \`harness ${name ?? ""} --help\`.`;
  return new HarnessError("usage-invalid", `${text.charAt(0).toUpperCase()}${text.slice(1)}`, { hint });
}
