import { stateRoot } from "@harness/core";
import { forgetWorktree, keepWork } from "../remove.ts";
import { useEverything } from "./verbs.ts";

// Uses every verb on the state root that the first argument names, in a process of its own that can be watched.
const context = { root: stateRoot(process.argv[2] ?? ""), environment: process.env };
await useEverything(context);
await keepWork(context, { id: "one" });
await forgetWorktree(context, { id: "one" });
