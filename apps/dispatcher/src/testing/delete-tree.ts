import { deleteTree } from "../trees.ts";

// Deletes the tree that the argument names, in a process that may belong to somebody else or see other mounts.
console.log(await deleteTree(process.argv[2] ?? ""));
