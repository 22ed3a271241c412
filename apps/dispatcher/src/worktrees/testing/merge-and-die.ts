import { stateRoot } from "@harness/core";
import { mergeSession } from "../merge.ts";

// Merges session `one` of the state root that the first argument names, and is gone after the step that the second names.
const [path = "", last] = process.argv.slice(2);

await mergeSession(
  { root: stateRoot(path), environment: process.env },
  {
    id: "one",
    onStep: (step) => {
      if (step === last) process.kill(process.pid, "SIGKILL");
    },
  },
);
