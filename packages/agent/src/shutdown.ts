export interface SignalHandlers {
  /** Look into the inbox. */
  onWake(): void;
  /** End if nothing is to be done. */
  onPark(): void;
  /** End, leaving a running turn for later. */
  onStop(signal: NodeJS.Signals): void;
}

/** What signals mean to an agent process, to its very end: one that came twice would otherwise become the cause of its exit. */
export function installSignals({ onWake, onPark, onStop }: SignalHandlers): void {
  const handlers: [NodeJS.Signals, (signal: NodeJS.Signals) => void][] = [
    ["SIGURG", onWake],
    ["SIGHUP", onPark],
    ["SIGTERM", onStop],
    ["SIGINT", onStop],
    // Without a handler SIGUSR1 opens the inspector, through which anybody local reads this process's memory.
    ["SIGUSR1", () => {}],
  ];
  for (const [signal, handler] of handlers) process.on(signal, handler);
}
