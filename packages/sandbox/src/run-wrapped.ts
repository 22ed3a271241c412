import type { WrappedCommand } from "./sandbox.ts";
import { startWrapped } from "./start-wrapped.ts";

const TIMEOUT_MS = 5_000;
const SAID_LIMIT = 4096;

export interface Ran {
  readonly code: number | null;
  /** The last of what it wrote, errors included; why it ended where it wrote nothing. */
  readonly said: string;
}

/** Runs a wrapped command to its end, for five seconds at most. What does not start says why. */
export async function runWrapped(wrapped: WrappedCommand): Promise<Ran> {
  const child = startWrapped(wrapped, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const collect = (chunk: Buffer) => void (said = `${said}${chunk.toString()}`.slice(-SAID_LIMIT));
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    return await new Promise((resolve) => {
      child.once("error", (error) => resolve({ code: null, said: error.message }));
      child.once("close", (code, signal) =>
        resolve({ code, said: said.trim() || `ended by ${signal ?? `exit code ${code}`}` }),
      );
    });
  } finally {
    clearTimeout(timer);
  }
}
