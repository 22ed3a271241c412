import { HarnessError, isSameProcess, signalProcess, systemClock, type StateRoot } from "@harness/core";
import type { DispatcherRecord } from "../supervisor/singleton.ts";
import { bodyOf, connect } from "./client.ts";

const ASK_MS = 5_000;
const WAIT_MS = 30_000;
const LOOK_MS = 50;

/** Asks a dispatcher to end and waits until it is gone; `note` is told where it does not answer. Throws `timed-out`. */
export async function endDispatcher(
  root: StateRoot,
  record: DispatcherRecord,
  note: (text: string) => void,
): Promise<void> {
  try {
    const init = { signal: AbortSignal.timeout(ASK_MS) };
    await bodyOf(connect(root).shutdown.$post({ json: {} }, { init }));
  } catch (error) {
    // It does not answer: it is asked the way every process understands.
    note(`It does not answer (${(error as Error).message}) and gets a signal instead.`);
    signalProcess(record, "SIGTERM");
    // A stopped process acts on SIGTERM only once it goes on.
    signalProcess(record, "SIGCONT");
  }
  const until = systemClock.monotonic() + WAIT_MS;
  while (isSameProcess(record)) {
    if (systemClock.monotonic() > until) {
      throw new HarnessError(
        "timed-out",
        `The dispatcher (pid ${record.pid}) is still there after ${WAIT_MS / 1000} s.`,
        {
          hint: `See ${root.run.log}. \`kill -9 ${record.pid}\` ends it for certain; nothing is lost by that.`,
        },
      );
    }
    await systemClock.sleep(LOOK_MS);
  }
}
