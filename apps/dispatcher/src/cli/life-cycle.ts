import { bodyOf, connect, type Api } from "./client.ts";
import type { DeclareCommand } from "./command.ts";
import { ensureDispatcher } from "./ensure-dispatcher.ts";
import { findSession } from "./find-session.ts";

export interface LifeCycle {
  verb: "stop" | "kill" | "resume" | "setup";
  example: string;
  /** Starts a dispatcher when none runs. */
  needsDispatcher?: true;
}

/** A command that asks the dispatcher to do one thing to each session named. */
export function declareLifeCycle({ verb, example, needsDispatcher }: LifeCycle): DeclareCommand {
  return (command, io) => {
    const { root, terminal } = io;
    command
      .argument("<id...>", "ids, prefixes or names of sessions")
      .option("--json", "print the sessions as they are afterwards, as `harness ps` does")
      .addHelpText("after", `\nExample:\n  ${example}`)
      .action(async (names: string[], options: { json?: boolean }) => {
        const ids = [...new Set(names.map((name) => findSession(root, name)))];
        if (needsDispatcher) await ensureDispatcher(io);
        const api = connect(root);
        const sessions = [];
        for (const id of ids) sessions.push(await ask(api, verb, id));
        if (options.json) return terminal.json(sessions);
        for (const { id, badge } of sessions) terminal.line(`${id}  ${badge}`);
      });
  };
}

function ask(api: Api, verb: LifeCycle["verb"], id: string) {
  const session = api.sessions[":id"];
  const input = { param: { id } };
  if (verb === "stop") return bodyOf(session.stop.$post(input));
  if (verb === "kill") return bodyOf(session.kill.$post(input));
  if (verb === "setup") return bodyOf(session.setup.$post(input));
  return bodyOf(session.resume.$post(input));
}
