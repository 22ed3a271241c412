import type { StateRoot } from "@harness/core";
import { readConfig } from "../config.ts";
import { keyVariable } from "../sessions/provider-key.ts";
import type { Configured } from "./read-summary.ts";

/** What config.yaml says about every session. Throws `config-invalid`. */
export function readConfigured(root: StateRoot, environment: NodeJS.ProcessEnv): Configured {
  const config = readConfig(root);
  return {
    limit: config.limits.concurrent,
    isKeyInside: (wanted) => {
      const variable = keyVariable(config, wanted?.provider);
      return variable !== null && Boolean(environment[variable]);
    },
  };
}
