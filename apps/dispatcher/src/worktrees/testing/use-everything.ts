import { stateRoot } from "@harness/core";
import { useEverything } from "./verbs.ts";

// Uses every verb on the state root that the first argument names, in a process of its own that can be watched.
await useEverything({ root: stateRoot(process.argv[2] ?? ""), environment: process.env });
