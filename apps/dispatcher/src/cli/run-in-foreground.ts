import type { Dispatcher } from "../start-dispatcher.ts";

/** Keeps a dispatcher in this process until it is told to end, by a signal or over the API. `work` runs beside it. */
export async function runInForeground(
  dispatcher: Dispatcher,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  let asked = 0;
  const end = (): void => {
    // Whoever presses Ctrl-C twice does not want to wait.
    if (++asked > 1) process.exit(1);
    void dispatcher.close();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  // Without a handler SIGUSR1 opens the inspector, through which anybody local reads this process's memory.
  process.on("SIGUSR1", () => undefined);
  process.on("uncaughtException", (error) => {
    dispatcher.context.log.error("the dispatcher failed", { error });
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(70);
  });
  const worked = work(ended.signal).catch(async (error: unknown) => {
    // What fails because the dispatcher was told to end is no failure.
    const isTold = asked > 0 || ended.signal.aborted;
    await dispatcher.close();
    if (!isTold) throw error;
  });
  await dispatcher.closed;
  ended.abort();
  await worked;
}
