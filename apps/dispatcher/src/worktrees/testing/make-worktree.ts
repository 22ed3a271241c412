import { stateRoot } from "@harness/core";
import { createWorktree } from "../clone.ts";
import { inspectSource } from "../source.ts";

// Makes the worktree of a session in a process of its own, which may belong to somebody else.
const [state = "", path = "", id = ""] = process.argv.slice(2);
const context = { root: stateRoot(state), environment: process.env };
const branch = `work/${id}`;
await createWorktree(context, { id, source: await inspectSource(context, { path, branch }), branch });
