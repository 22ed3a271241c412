import { HarnessError } from "@harness/core";
import { findQuestion } from "../../sessions/find-question.ts";
import type { DeclareCommand } from "../command.ts";
import { findSession } from "../find-session.ts";
import { readWaiting, sendAnswer } from "../send-answer.ts";

export const declareAnswer: DeclareCommand = (command, { root, terminal }) => {
  command
    .argument("<session>", "id, prefix or name of a session")
    .argument("<question>", "id of the question, as `harness show` lists it; may be shortened")
    .argument("[text]", "the answer")
    .option("--option <id>", "one of the question's options")
    .option("--json", "print {session, id, outcome}")
    .addHelpText("after", "\nWorks while the dispatcher is down.\n\nExample:\n  harness answer k3x 0b7c --option allow")
    .action(async (...given: [string, string, string | undefined, { option?: string; json?: boolean }]) => {
      const [name, to, text, { option, json }] = given;
      if (text === undefined && option === undefined) {
        throw new HarnessError("usage-invalid", "There is no answer.", { hint: "Give a text or --option." });
      }
      const session = findSession(root, name);
      const answer = { to, ...(text === undefined ? {} : { text }), ...(option === undefined ? {} : { option }) };
      const question = findQuestion(session, readWaiting(root, session), answer);
      const sent = await sendAnswer(root, { session, about: question.about }, { ...answer, to: question.id });
      if (json) terminal.json({ session, ...sent });
      else terminal.line(sent.id);
    });
};
