import { isHarnessError, toErrorRecord } from "@harness/core";
import type { Dispatcher } from "../../start-dispatcher.ts";
import { readDispatcher, type DispatcherRecord } from "../../supervisor/singleton.ts";
import type { DeclareCommand } from "../command.ts";
import { portNumber } from "../count.ts";
import { awaitDispatcher, ensureDispatcher } from "../ensure-dispatcher.ts";
import type { Io } from "../environment.ts";
import { plainText } from "../escape.ts";
import { loginLink, openInBrowser } from "../login-link.ts";
import { runInForeground } from "../run-in-foreground.ts";

interface Options {
  port?: number;
  detach?: boolean;
  open?: boolean;
  demo?: boolean;
  fast?: boolean;
  json?: boolean;
}

export const declareUp: DeclareCommand = (command, io) => {
  command
    .option(
      "--port <number>",
      "where to listen, on this machine only; 0 lets the system choose (default 4870)",
      portNumber,
    )
    .option("--detach", "in the background")
    .option("--open", "open the page in a browser")
    .option("--demo", "show two sessions at work, where there is no session yet")
    .option("--fast", "with --demo: without the pauses that let a person read")
    .option("--json", "print {url, link, pid, root, started}; link opens the page once")
    .addHelpText(
      "after",
      "\nWhere a dispatcher runs already, prints a fresh link to its page.\n\nExample:\n  harness up --open",
    )
    .action(async (options: Options) => {
      const running = readDispatcher(io.root);
      if (running) return greet(io, running, { ...options, started: false });
      if (options.detach) {
        await greet(io, await ensureDispatcher(io, options.port), { ...options, started: true });
        return demo(io, options, new AbortController().signal);
      }
      const dispatcher = await startHere(io, options);
      if (!dispatcher) return greet(io, await awaitDispatcher(io.root), { ...options, started: false });
      await runInForeground(dispatcher, async (signal) => {
        await greet(io, await awaitDispatcher(io.root), { ...options, started: true });
        await demo(io, options, signal);
      });
      if (!options.json) io.terminal.line("The dispatcher has ended. Sessions go on without it.");
    });
};

/** Null when another dispatcher was faster. */
async function startHere(io: Io, { port }: Options): Promise<Dispatcher | null> {
  const { startDispatcher } = await import("../../start-dispatcher.ts");
  const { dropKeys } = await import("../../credentials/hide-keys.ts");
  const { root, environment, terminal } = io;
  const start = async (number: number | undefined) => {
    const asked = number === undefined ? {} : { port: number };
    const dispatcher = await startDispatcher({ root, environment: { ...environment }, ...asked });
    dropKeys(environment, dispatcher.context.config.providers);
    return dispatcher;
  };
  try {
    return await start(port);
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    if (error.code === "dispatcher-running") return null;
    if (error.code !== "port-in-use" || port !== undefined) throw error;
    terminal.note(`${error.message} Another port is used.`);
    return await start(0);
  }
}

async function greet(io: Io, record: DispatcherRecord, options: Options & { started: boolean }): Promise<void> {
  const { root, terminal } = io;
  const link = await loginLink(root, record);
  const { url, pid } = record;
  if (options.json) {
    terminal.json({ url, link, pid, root: root.path, started: options.started });
  } else {
    const state = options.started ? "runs" : "runs already";
    terminal.line(`Harness ${state} at ${url} (pid ${pid}, state in ${root.path}).`);
    terminal.line(`Open  ${terminal.colour("bold", link)}`);
    terminal.line("      The link works once, for ten minutes. `harness up` prints a fresh one.");
    terminal.line(
      `Stop  ${options.started && !options.detach ? "Ctrl-C or " : ""}\`harness down\`. Sessions go on without it.`,
    );
  }
  if (options.open && !(await openInBrowser(root, link)))
    terminal.note("No browser could be started. Open the link by hand.");
}

// The dispatcher goes on whatever becomes of the demo.
async function demo(io: Io, options: Options, signal: AbortSignal): Promise<void> {
  if (!options.demo) return;
  const { runDemoIfFresh } = await import("../run-demo.ts");
  try {
    await runDemoIfFresh(io, { fast: options.fast === true, signal });
  } catch (error) {
    if (signal.aborted) return;
    const { message, hint } = toErrorRecord(error);
    io.terminal.note(plainText(`The demo broke off: ${message}\n${hint}`));
  }
}
