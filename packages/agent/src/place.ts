import { fstatSync, statSync } from "node:fs";
import { HarnessError, type Lock } from "@harness/core";

/** Where the session lies, as long as it is the one whose lock this process holds. */
export interface Place {
  /** True, and for ever, once the directory was moved away, removed or replaced: nothing may be written there any more. */
  isLost(): boolean;
  /** Throws `session-not-found` once it is lost. */
  require(): void;
}

export function openPlace(lock: Lock, path: string): Place {
  let lost = false;
  const isLost = () => (lost ||= !isInPlace(lock, path));
  return {
    isLost,
    require() {
      if (!isLost()) return;
      throw new HarnessError(
        "session-not-found",
        "The session's directory was moved or removed while its process ran.",
      );
    },
  };
}

function isInPlace(lock: Lock, path: string): boolean {
  try {
    const mine = fstatSync(lock.fd);
    const there = statSync(path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
  } catch {
    // A disk that cannot tell now: nothing says that the session is elsewhere.
    return true;
  }
}
