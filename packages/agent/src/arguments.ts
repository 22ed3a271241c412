import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { HarnessError, parseId } from "@harness/core";

export const USAGE = `Usage: harness-agent --session <id> [--branch <branch>] [--agent <name>] [-- <command>…]

Runs one session: takes its lock, handles the messages of its inbox one by one, reports in its outbox.
The session's directory is the current directory, or $HARNESS_STATE.

  --session <id>     the session's id
  --branch <branch>  recorded in session.json when that file is missing
  --agent <name>     the coding agent, when session.json names none: pi or scripted
  --teardown         run nothing but the teardown that setup.json names
  --ready-fd <n>     write one JSON line to this descriptor as soon as the session is open
  --nonce <text>     repeated in that line and in status.json
  --help, --version
  -- <command>…      the coding agent: started once per turn, prompt on stdin, reply on stdout

Exit codes: 0 closed, parked or stopped; 1 failed; 2 wrong usage; 70 bug; 100 the session already has a process.
`;

export interface RunArguments {
  readonly session: string;
  /** Absolute path of the session's directory. */
  readonly directory: string;
  readonly branch?: string | undefined;
  readonly agent?: string | undefined;
  readonly command?: string[] | undefined;
  readonly teardown?: boolean | undefined;
  readonly readyFd?: number | undefined;
  readonly nonce?: string | undefined;
}

export type Arguments = { action: "help" } | { action: "version" } | ({ action: "run" } & RunArguments);

const OPTIONS = {
  session: { type: "string" },
  branch: { type: "string" },
  agent: { type: "string" },
  teardown: { type: "boolean" },
  "ready-fd": { type: "string" },
  nonce: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

/** Throws `usage-invalid` and `id-invalid`. */
export function parseArguments(argv: string[], place: { cwd: string; state: string | undefined }): Arguments {
  const end = argv.indexOf("--");
  const command = end < 0 ? undefined : argv.slice(end + 1);
  const values = parseOptions(end < 0 ? argv : argv.slice(0, end));
  if (values.help) return { action: "help" };
  if (values.version) return { action: "version" };
  if (values.session === undefined) throw new HarnessError("usage-invalid", "--session <id> is missing.");
  if (command?.length === 0) throw new HarnessError("usage-invalid", "No command follows `--`.");
  return {
    action: "run",
    session: parseId(values.session, "session id"),
    directory: resolve(place.cwd, place.state || "."),
    branch: values.branch,
    agent: values.agent,
    command,
    ...(values.teardown ? { teardown: true } : {}),
    readyFd: parseDescriptor(values["ready-fd"]),
    nonce: values.nonce,
  };
}

function parseOptions(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new HarnessError("usage-invalid", (error as Error).message, { cause: error });
  }
}

function parseDescriptor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[0-9]{1,4}$/.test(text) && Number(text) > 2) return Number(text);
  throw new HarnessError("usage-invalid", `--ready-fd is ${JSON.stringify(text)}, which is not a descriptor above 2.`);
}
