import { toErrorRecord } from "@harness/core";
import { readConfig } from "../config.ts";
import type { Io } from "./environment.ts";
import { plainText } from "./escape.ts";
import { UNCONFIGURED, type Configured } from "./read-summary.ts";

/** What config.yaml says about every session. One with a mistake is told, and hides no session. */
export function readConfigured({ root, terminal }: Pick<Io, "root" | "terminal">): Configured {
  try {
    return { limit: readConfig(root).limits.concurrent };
  } catch (error) {
    terminal.note(plainText(toErrorRecord(error).message));
    return UNCONFIGURED;
  }
}
