import { isHarnessError, systemCode } from "@harness/core";

/** Returns `work` so that a failure of the system is told the first time and borne. Everything else is thrown. */
export function bearing<T>(work: () => T | Promise<T>, tell: (error: unknown) => void): () => Promise<void> {
  let told = false;
  return async () => {
    try {
      await work();
    } catch (error) {
      if (systemCode(error) === undefined && !isHarnessError(error)) throw error;
      if (!told) tell(error);
      told = true;
    }
  };
}
