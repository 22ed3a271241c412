import { HarnessError } from "@harness/core";
import { escapeLine, hasHidden } from "./escape.ts";

const LENGTH_LIMIT = 200;

/** Returns `name` when git takes it for a branch and no option parser takes it for anything else. Throws `branch-invalid`. */
export function parseBranchName(name: string): string {
  const problem = findProblem(name);
  if (problem === null) return name;
  throw new HarnessError("branch-invalid", `"${escapeLine(name.slice(0, 80))}" cannot be a branch: ${problem}.`);
}

// The rules of git check-ref-format --branch, and a few of our own: no process is started to read a name.
function findProblem(name: string): string | null {
  if (name === "") return "it is empty";
  if (Buffer.byteLength(name) > LENGTH_LIMIT) return `it has more than ${LENGTH_LIMIT} bytes`;
  if (hasHidden(name) || !name.isWellFormed()) return "it holds a character that cannot be seen";
  if (name.startsWith("-")) return "it begins with a dash";
  if (name === "@" || name === "HEAD" || /^(refs|harness)$/.test(name)) return "git or Harness needs that name itself";
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) return "it looks like a commit";
  const bad = /[ ~^:?*[\\]|\.\.|@\{/.exec(name)?.[0];
  if (bad !== undefined) return `it holds "${bad}"`;
  if (name.endsWith(".")) return "it ends with a dot";
  for (const part of name.split("/")) {
    if (part === "") return "it has an empty part";
    if (part.startsWith(".")) return "a part of it begins with a dot";
    if (part.endsWith(".lock")) return "a part of it ends with .lock";
  }
  return null;
}
