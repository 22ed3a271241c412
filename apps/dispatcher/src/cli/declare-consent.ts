import { cutText } from "@harness/core/telling";
import { chooseConsent, type ConsentWish } from "../sessions/choose-consent.ts";
import type { DeclareCommand } from "./command.ts";
import { plainLine } from "./escape.ts";
import { findSession } from "./find-session.ts";
import { readWaiting, sendAnswer } from "./send-answer.ts";

const SHOWN = 500;
const WORDS = {
  approve: {
    always: "also for the times to come, where that is offered",
    once: "Allowed once",
    ever: "Allowed always",
  },
  deny: { always: "also for the times to come, where that is offered", once: "Denied", ever: "Denied always" },
};

/** `harness approve` and `harness deny`. */
export function declareConsent(verdict: ConsentWish["verdict"]): DeclareCommand {
  return (command, { root, terminal }) => {
    command
      .argument("<session>", "id, prefix or name of a session")
      .argument("[request]", "id of the request, may be shortened; without it the only one that waits")
      .option("--always", WORDS[verdict].always)
      .option("--json", "print {session, request, option, id, outcome}; id is the answer's")
      .addHelpText(
        "after",
        `\nWorks while the dispatcher is down. \`harness show\` lists what waits.\n\nExample:\n  harness ${verdict} k3x`,
      )
      .action(async (name: string, given: string | undefined, options: { always?: boolean; json?: boolean }) => {
        const session = findSession(root, name);
        const always = options.always === true;
        const { request, option } = chooseConsent(session, readWaiting(root, session), {
          verdict,
          always,
          request: given,
        });
        const sent = await sendAnswer(root, { session, about: request.about }, { to: request.id, option: option.id });
        if (options.json) return terminal.json({ session, request: request.id, option: option.id, ...sent });
        terminal.line(
          `${always ? WORDS[verdict].ever : WORDS[verdict].once}: ${cutText(plainLine(request.text), SHOWN)}`,
        );
      });
  };
}
