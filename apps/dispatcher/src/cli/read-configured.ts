import { toErrorRecord, type StateRoot } from "@harness/core";
import { readConfig } from "../config.ts";
import { keyVariable } from "../sessions/provider-key.ts";
import type { Io } from "./environment.ts";
import { plainText } from "./escape.ts";
import { UNCONFIGURED, type Configured } from "./read-summary.ts";

/** What config.yaml says about every session. One with a mistake is told, and hides no session. */
export function readConfigured({
  root,
  environment,
  terminal,
}: Pick<Io, "root" | "environment" | "terminal">): Configured {
  try {
    return configured(root, environment);
  } catch (error) {
    terminal.note(plainText(toErrorRecord(error).message));
    return UNCONFIGURED;
  }
}

function configured(root: StateRoot, environment: NodeJS.ProcessEnv): Configured {
  const config = readConfig(root);
  return {
    limit: config.limits.concurrent,
    isKeyInside: (wanted) => {
      const variable = keyVariable(config, wanted?.provider);
      return variable !== null && Boolean(environment[variable]);
    },
  };
}
