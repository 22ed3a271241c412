import { cleanDemo } from "../../demo/clean-demo.ts";
import { demoSessions } from "../../demo/find-demo.ts";
import type { DeclareCommand } from "../command.ts";
import { dispatcherDoor } from "../demo-door.ts";
import { ensureDispatcher } from "../ensure-dispatcher.ts";
import { loginLink } from "../login-link.ts";
import { runDemo } from "../run-demo.ts";

export const declareDemo: DeclareCommand = (command, io) => {
  const { root, terminal, environment } = io;
  command
    .option("--fast", "without the pauses that let a person read")
    .option("--clean", "take the demo's sessions and its scratch repository away, and nothing else")
    .addHelpText("after", "\nBroken off, it goes on where it was when it is started again.\n\nExample:\n  harness demo")
    .action(async (options: { fast?: boolean; clean?: boolean }) => {
      if (options.clean) return clean();
      const record = await ensureDispatcher(io);
      terminal.line(`Watch it in a browser too: ${await loginLink(root, record)}`);
      await runDemo(io, { fast: options.fast === true, mayRestart: true, signal: new AbortController().signal });
    });

  async function clean(): Promise<void> {
    if (demoSessions(root).length > 0) await ensureDispatcher(io);
    const { sessions, repository, inUseBy } = await cleanDemo({ root, environment }, dispatcherDoor(io, true));
    terminal.line(`${sessions.length} sessions removed${sessions.length > 0 ? `: ${sessions.join(", ")}` : ""}.`);
    if (repository) terminal.line(`${repository} removed.`);
    if (inUseBy.length > 0) terminal.note(`The scratch repository stays: ${inUseBy.join(", ")} work on it.`);
  }
};
