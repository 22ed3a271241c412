import { readFileSync } from "node:fs";
import { Option } from "commander";
import type { AttemptResult } from "@harness/sandbox/conformance";
import type { SpawnInput } from "../../sessions/schema.ts";
import type { DeclareCommand } from "../command.ts";
import { packProgram } from "../escape-pack/program.ts";
import { plainLine } from "../escape.ts";
import type { Colour } from "../terminal.ts";

const HELP = `
The session is a real one, on a state root made for it beside your own, with a dispatcher, a credential worker and a key that
is worth nothing. Your own home, sessions and sockets are aimed at: whether they can be opened is told, and nothing of what is
in them. Without a sandbox the attempts get through, and do no harm.

Exits with 1 unless every attempt was made and held.

Examples:
  harness escape-pack
  harness escape-pack --sandbox none
  harness escape-pack --print > escape-pack.mjs    # for the session of another system: docs/escape-pack.md`;

const COLOURS: Record<AttemptResult["verdict"], Colour> = { held: "green", escaped: "red", "not tried": "yellow" };
const WIDTH = 10;

interface Options {
  sandbox?: SpawnInput["sandbox"];
  print?: true;
  json?: true;
}

export const declareEscapePack: DeclareCommand = (command, io) => {
  const { terminal } = io;
  command
    .addOption(new Option("--sandbox <name>", "the wall to try").choices(["auto", "bubblewrap", "none"]))
    .option("--print", "print the attempts as one program, which needs nothing but Node")
    .option(
      "--json",
      'print {sandbox, network, runsAs?, attempts: [{id, rows, title, expected, seen, verdict: "held"|"escaped"|"not tried", tookMs}], held}',
    )
    .addHelpText("after", HELP)
    .action(async ({ sandbox, print, json }: Options) => {
      if (print) return void process.stdout.write(readFileSync(packProgram()));
      const [{ tryInSession }, { summarise, verdictWord }] = await Promise.all([
        import("../escape-pack/try-in-session.ts"),
        import("@harness/sandbox/conformance"),
      ]);
      const report = await tryInSession(io, sandbox);
      if (!report.held) process.exitCode = 1;
      if (json) return terminal.json(report);
      const user = report.runsAs === undefined ? "" : `, user ${report.runsAs}`;
      terminal.line(`sandbox ${report.sandbox}, network ${report.network}${user}`);
      for (const result of report.attempts) tell(result, verdictWord(result));
      terminal.line(summarise(report.attempts));
    });

  function tell({ id, rows, title, expected, seen, verdict }: AttemptResult, word: string): void {
    const mark = terminal.colour(COLOURS[verdict], word.padEnd(WIDTH));
    const indent = " ".repeat(WIDTH + 1);
    terminal.line(`${mark} ${title}  ${terminal.colour("dim", `${id} ${rows.join(" ") || "control"}`)}`);
    terminal.line(`${indent}expected  ${plainLine(expected)}`);
    terminal.line(`${indent}seen      ${plainLine(seen)}`);
  }
};
