import { isHarnessError, systemCode, type Clock } from "@harness/core";

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const PASSING = new Set(["ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE"]);

/** True for failures of the disk that may pass: the work is kept and tried again. */
export function isStorageFailure(error: unknown): boolean {
  if (isHarnessError(error)) {
    return error.code === "storage-full" || error.code === "storage-failed" || isStorageFailure(error.cause);
  }
  return PASSING.has(systemCode(error) ?? "");
}

export interface Storage {
  /** Does `work` until the disk lets it, waiting longer each time. Rejects with anything else, and when stopping. */
  persist<T>(work: () => Promise<T>): Promise<T>;
  /** True while something waits for the disk. */
  readonly troubled: boolean;
}

export interface StorageOptions {
  readonly clock: Clock;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Throws when nothing may be written any more. */
  mayWrite?(): void;
  /** Called when the first work fails, and again after each recovery. */
  onTrouble(error: unknown): void;
  onRecovered(): void;
}

export function createStorage({ clock, signal, mayWrite, onTrouble, onRecovered }: StorageOptions): Storage {
  let waiting = 0;

  async function persist<T>(work: () => Promise<T>): Promise<T> {
    let waitMs = 0;
    try {
      for (;;) {
        mayWrite?.();
        try {
          return await work();
        } catch (error) {
          if (!isStorageFailure(error) || signal.aborted) throw error;
          if (waitMs === 0 && waiting++ === 0) onTrouble(error);
          waitMs = nextWait(waitMs);
          await clock.sleep(waitMs, signal);
        }
      }
    } finally {
      if (waitMs > 0 && --waiting === 0 && !signal.aborted) onRecovered();
    }
  }

  return {
    persist,
    get troubled() {
      return waiting > 0;
    },
  };
}

export function nextWait(waitMs: number): number {
  return waitMs === 0 ? FIRST_WAIT_MS : Math.min(waitMs * 2, LONGEST_WAIT_MS);
}
