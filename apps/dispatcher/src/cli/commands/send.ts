import { HarnessError, readSession, sendMessage } from "@harness/core";
import type { DeclareCommand } from "../command.ts";
import { seconds } from "../count.ts";
import { readText } from "../read-text.ts";
import { awaitReply, isWell, tellReply } from "../reply.ts";
import { readDispatcher } from "../../supervisor/singleton.ts";
import { findSession } from "../find-session.ts";

interface Options {
  file?: string;
  id?: string;
  wait?: boolean;
  timeout?: number;
  json?: boolean;
}

export const declareSend: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<session>", "id, prefix or name of a session")
    .argument("[text]", "the prompt; - reads standard input")
    .option("--file <path>", "take the prompt from a file")
    .option("--id <id>", "the message's id: sending it again under the same id changes nothing")
    .option("--wait", "wait for the reply and print it; exits with 1 when the turn fails")
    .option("--timeout <seconds>", "wait no longer than this", seconds)
    .option("--json", "print {session, id, outcome, reply?}; reply is the message of the outbox")
    .addHelpText(
      "after",
      '\nWorks while the dispatcher is down.\n\nExample:\n  harness send k3x "and add a test for it" --wait',
    )
    .action(async (name: string, given: string | undefined, options: Options) => {
      const text = await readText(given, options.file);
      const session = findSession(root, name);
      const paths = root.session(session);
      if (text.trim() === "")
        throw new HarnessError("message-invalid", "The prompt is empty.", { hint: "Say what to do." });
      const { status, alive } = readSession(paths);
      if (status?.state === "closed") {
        throw new HarnessError("session-closed", `Session ${session} is closed and takes no message.`);
      }
      const sent = await sendMessage(paths, {
        kind: "prompt",
        body: { text },
        ...(options.id === undefined ? {} : { id: options.id }),
      });
      if (!alive && !readDispatcher(root)) {
        terminal.note("Accepted. The session has no process and no dispatcher runs: `harness up` lets it go on.");
      }
      if (!options.wait) return options.json ? terminal.json({ session, ...sent }) : terminal.line(sent.id);
      const { timeout } = options;
      const reply = await awaitReply({
        root,
        terminal,
        session,
        message: sent.id,
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      });
      if (options.json) terminal.json({ session, ...sent, reply });
      else tellReply(reply, terminal);
      if (!isWell(reply)) process.exitCode = 1;
    });
};
