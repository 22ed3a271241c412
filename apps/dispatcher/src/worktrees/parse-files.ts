import { splitPaths } from "./snapshot.ts";

export type FileStatus = "added" | "modified" | "deleted" | "renamed" | "copied" | "type changed";

export interface FileChange {
  path: string;
  /** Where it was, for a renamed or copied file. */
  from: string | null;
  status: FileStatus;
  /** Lines; null for a binary file. */
  added: number | null;
  removed: number | null;
  /** Modes as git writes them: `100755` can be run, `120000` is a link, `160000` another repository. */
  oldMode: string;
  newMode: string;
  /** Names of the contents, as `git hash-object` tells them; zeros where there is none. */
  oldOid: string;
  newOid: string;
}

const STATUS: Record<string, FileStatus> = {
  A: "added",
  M: "modified",
  D: "deleted",
  R: "renamed",
  C: "copied",
  T: "type changed",
};

/** The answer of `git diff-tree -r -z --raw --numstat`: first a line a file in raw form, then a count a file in the same order. */
export function parseFiles(bytes: Buffer): FileChange[] {
  const fields = splitPaths(bytes).map((field) => field.toString("utf8"));
  const changes: FileChange[] = [];
  let at = 0;
  while (fields[at]?.startsWith(":") === true) {
    const [oldMode = "", newMode = "", oldOid = "", newOid = "", mark = ""] = (fields[at] ?? "").slice(1).split(" ");
    const moved = mark.startsWith("R") || mark.startsWith("C");
    const first = fields[at + 1] ?? "";
    changes.push({
      path: moved ? (fields[at + 2] ?? "") : first,
      from: moved ? first : null,
      status: STATUS[mark.charAt(0)] ?? "modified",
      added: null,
      removed: null,
      oldMode,
      newMode,
      oldOid,
      newOid,
    });
    at += moved ? 3 : 2;
  }
  for (const change of changes) {
    const [added = "", removed = ""] = (fields[at] ?? "").split("\t", 2);
    change.added = parseCount(added);
    change.removed = parseCount(removed);
    at += change.from === null ? 1 : 3;
  }
  return changes;
}

// A dash stands for a binary file.
function parseCount(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
