import { writeSync } from "node:fs";

/** One line for whoever reads this process's stderr; a stream object for it would cost memory for life. */
export function say(text: string): void {
  try {
    writeSync(2, `harness-agent: ${text}\n`);
  } catch {
    // Nobody listens.
  }
}
