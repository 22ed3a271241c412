import { HarnessError, makeDirectory, systemCode, type StateRoot } from "@harness/core";

const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** Makes the state root, as far as a dispatcher's lock and log need it. Throws `storage-failed`. */
export function makeRoot({ path, run }: StateRoot): void {
  try {
    makeDirectory(run.path, 0o700);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || FULL.has(code)) throw error;
    throw new HarnessError("storage-failed", `The state root ${path} cannot be made (${code}).`, {
      hint: "Choose a place that can be written with HARNESS_HOME.",
      cause: error,
    });
  }
}
