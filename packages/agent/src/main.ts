import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_KINDS, toErrorRecord } from "@harness/core";
import { parseArguments, USAGE } from "./arguments.ts";
import { runAgent } from "./run-agent.ts";
import { say } from "./say.ts";
import { compileLittle } from "./stay-small.ts";

async function main(): Promise<number> {
  const parsed = parseArguments(process.argv.slice(2), { cwd: process.cwd(), state: process.env["HARNESS_STATE"] });
  switch (parsed.action) {
    case "help":
      process.stdout.write(USAGE);
      return 0;
    case "version":
      process.stdout.write(`${readVersion()}\n`);
      return 0;
    case "run":
      compileLittle();
      return runAgent(parsed, process.env);
  }
}

function readVersion(): string {
  const text = readFileSync(join(__dirname, "..", "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function fail(error: unknown): never {
  const { kind, message, hint } = toErrorRecord(error);
  say(`${message} ${hint}`);
  if (kind === "internal" && error instanceof Error) say(error.stack ?? "");
  process.exit(exitCodeOf(error));
}

// A session that is invalid is a failure; only the arguments make it wrong usage.
function exitCodeOf(error: unknown): number {
  const { code, kind } = toErrorRecord(error);
  if (code === "usage-invalid" || code === "id-invalid") return 2;
  return kind === "internal" ? ERROR_KINDS.internal.exitCode : 1;
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
main().then((code) => process.exit(code), fail);
