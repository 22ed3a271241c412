import { writeSync } from "node:fs";
import { stateRoot, toErrorRecord } from "@harness/core";
import { startDispatcher, type StartOptions } from "../../start-dispatcher.ts";

// A dispatcher process for tests: `node program.ts <json of ProgramOptions>`, one JSON line on descriptor 3.

export interface ProgramOptions {
  home: string;
  timing?: StartOptions["timing"];
  config?: StartOptions["config"];
  /** Kills itself there. */
  dieAt?: string;
}

const { home, timing, config, dieAt } = JSON.parse(process.argv[2] ?? "{}") as ProgramOptions;
const dieThere = (step: string) => {
  if (step === dieAt) process.kill(process.pid, "SIGKILL");
};
try {
  const dispatcher = await startDispatcher({
    root: stateRoot(home),
    environment: process.env,
    port: 0,
    ...(timing === undefined ? {} : { timing }),
    ...(config === undefined ? {} : { config }),
    onStep: dieThere,
    onMergeStep: dieThere,
  });
  process.on("SIGTERM", () => void dispatcher.close());
  writeSync(3, `${JSON.stringify({ ready: true, url: dispatcher.url, token: dispatcher.token })}\n`);
  await dispatcher.closed;
  process.exit(0);
} catch (error) {
  writeSync(3, `${JSON.stringify({ error: toErrorRecord(error) })}\n`);
  process.exit(1);
}
