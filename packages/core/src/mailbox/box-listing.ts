import { opendirSync } from "node:fs";
import { systemCode } from "../errors.ts";

const CHUNK = 256;

/** The names in a directory, read in chunks so that a huge one does not hold up the process. Dot names are left out. */
export async function* listBox(path: string): AsyncGenerator<string> {
  const directory = (() => {
    try {
      return opendirSync(path, { bufferSize: CHUNK });
    } catch (error) {
      if (systemCode(error) === "ENOENT") return null;
      throw error;
    }
  })();
  if (directory === null) return;
  try {
    for (let count = 1; ; count += 1) {
      const entry = directory.readSync();
      if (entry === null) return;
      if (!entry.name.startsWith(".")) yield entry.name;
      if (count % CHUNK === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    directory.closeSync();
  }
}
