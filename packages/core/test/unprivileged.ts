import { chownSync } from "node:fs";

const NOBODY = 65_534;

/** Runs as a user to whom permissions mean something; `directory` is given to that user. Root may read everything. */
export async function unprivileged<T>(directory: string, run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  chownSync(directory, NOBODY, NOBODY);
  process.seteuid!(NOBODY);
  try {
    return await run();
  } finally {
    process.seteuid!(0);
  }
}
