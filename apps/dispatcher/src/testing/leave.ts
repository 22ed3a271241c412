import { stateRoot } from "@harness/core";
import { archiveSession } from "../sessions/archive.ts";
import { removeSession } from "../sessions/remove.ts";
import { startDispatcher } from "../start-dispatcher.ts";

export interface LeaveOptions {
  home: string;
  id: string;
  verb: "remove" | "archive";
  /** Kills itself after this step. */
  dieAt: string;
}

// A dispatcher that takes one session out of the way, and is gone in the middle of it: `node leave.ts <json of LeaveOptions>`.
const { home, id, verb, dieAt } = JSON.parse(process.argv[2] ?? "{}") as LeaveOptions;
const { context } = await startDispatcher({ root: stateRoot(home), environment: process.env, port: 0 });
const onStep = (step: string) => {
  if (step === dieAt) process.kill(process.pid, "SIGKILL");
};
await (verb === "remove" ? removeSession : archiveSession)(context, id, { onStep });
