import { stateRoot } from "@harness/core";
import { HOWS } from "../merge-record.ts";
import { mergeSession } from "./merge-session.ts";

// Merges session `one` of the state root that the first argument names, and is gone after the step that the second names. The third says how.
const [path = "", last, how = "merge-commit"] = process.argv.slice(2);

await mergeSession(
  { root: stateRoot(path), environment: process.env },
  {
    id: "one",
    how: HOWS.find((one) => one === how) ?? "merge-commit",
    onStep: (step) => {
      if (step === last) process.kill(process.pid, "SIGKILL");
    },
  },
);
