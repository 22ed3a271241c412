import { isSameProcess, signalProcess, type Clock, type ProcessIdentity } from "@harness/core";

export interface StopOptions {
  clock: Clock;
  /** How long it may take after SIGTERM; 0 kills at once. */
  graceMs: number;
  killWaitMs: number;
}

const LOOK_MS = 20;

/** Ends one process, never a stranger with its number. False when it survives even SIGKILL (it hangs in the kernel). */
export async function stopAgent(target: ProcessIdentity, options: StopOptions): Promise<boolean> {
  const { clock, graceMs, killWaitMs } = options;
  if (graceMs > 0) {
    if (!signalProcess(target, "SIGTERM")) return true;
    // A stopped process acts on SIGTERM only once it goes on.
    signalProcess(target, "SIGCONT");
    if (await isGoneWithin(target, graceMs, clock)) return true;
  }
  signalProcess(target, "SIGKILL");
  return await isGoneWithin(target, killWaitMs, clock);
}

async function isGoneWithin(target: ProcessIdentity, ms: number, clock: Clock): Promise<boolean> {
  const until = clock.monotonic() + ms;
  while (isSameProcess(target)) {
    if (clock.monotonic() >= until) return false;
    await clock.sleep(LOOK_MS);
  }
  return true;
}
