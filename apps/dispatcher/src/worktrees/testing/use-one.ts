import { isHarnessError, stateRoot } from "@harness/core";
import { mergeSession } from "./merge-session.ts";
import { salvage } from "../salvage.ts";

// Uses one verb on session `one`, in a process that may belong to somebody else, and prints what comes of it.
const verbs = { mergeSession, salvage };
const [path = "", verb = ""] = process.argv.slice(2);
const use = verbs[verb as keyof typeof verbs];

try {
  const answer = await use({ root: stateRoot(path), environment: process.env }, { id: "one" });
  console.log(JSON.stringify(answer));
} catch (error) {
  console.log(isHarnessError(error) ? `${error.code}: ${error.message}` : error);
}
