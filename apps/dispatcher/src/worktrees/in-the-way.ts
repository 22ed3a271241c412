import { lstat, readdir } from "node:fs/promises";
import { systemCode } from "@harness/core";
import { type GitContext, runGit } from "./git.ts";
import { splitPaths } from "./snapshot.ts";

interface Move {
  checkout: string;
  from: string;
  to: string;
}

const SUBMODULE = "160000";

// Names are bytes: a string here has a character for each.
interface Changed {
  added: string[];
  /** Files that are tracked and go. */
  gone: ReadonlySet<string>;
}

/**
 * The first thing in a person's checkout that git would take away for a file of `to`, though no commit has it; null where
 * there is none. git itself spares untracked files, but not those it is told to ignore, and a person's .env is one of them.
 */
export async function findInTheWay(context: GitContext, move: Move): Promise<string | null> {
  const { added, gone } = await readChanged(context, move);
  const seen = new Map<string, "folder" | "nothing" | "other">();
  const look = async (path: string) => {
    const known = seen.get(path) ?? (await kindOf(move.checkout, path));
    seen.set(path, known);
    return known;
  };
  for (const path of added) {
    const found = await findFor(move.checkout, path, { gone, look });
    if (found !== null) return Buffer.from(found, "latin1").toString("utf8");
  }
  return null;
}

async function readChanged(context: GitContext, { checkout, from, to }: Move): Promise<Changed> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--diff-filter=ADT", "--raw", from, to];
  const { bytes } = await runGit(context, args, { cwd: checkout, trust: "person" });
  const fields = splitPaths(bytes).map((field) => field.toString("latin1"));
  const added: string[] = [];
  const gone = new Set<string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [mode = "", , , , status = ""] = (fields[at] ?? "").slice(1).split(" ");
    const path = fields[at + 1] ?? "";
    // What is in the folder of a submodule is not in the commit.
    const isSubmodule = mode === SUBMODULE;
    if (status === "A" || (status === "T" && isSubmodule)) added.push(path);
    if (status === "D" && !isSubmodule) gone.add(path);
  }
  return { added, gone };
}

type Looks = Pick<Changed, "gone"> & { look(path: string): Promise<"folder" | "nothing" | "other"> };

async function findFor(checkout: string, path: string, { gone, look }: Looks): Promise<string | null> {
  for (const folder of foldersOf(path)) {
    if (gone.has(folder)) return null;
    const kind = await look(folder);
    if (kind === "nothing") return null;
    if (kind === "other") return folder;
  }
  const kind = await look(path);
  if (kind === "nothing") return null;
  // An empty folder holds nothing that could be lost.
  if (kind === "folder") return findOther(checkout, path, gone);
  return path;
}

/** In a folder that a file takes the place of: whatever is there and does not go with the commit. */
async function findOther(checkout: string, folder: string, gone: ReadonlySet<string>): Promise<string | null> {
  const entries = await readdir(pathOf(checkout, folder), { encoding: "buffer", withFileTypes: true });
  for (const entry of entries) {
    const path = `${folder}/${entry.name.toString("latin1")}`;
    if (!entry.isDirectory() && !gone.has(path)) return path;
    const found = entry.isDirectory() ? await findOther(checkout, path, gone) : null;
    if (found !== null) return found;
  }
  return null;
}

function foldersOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function kindOf(checkout: string, path: string): Promise<"folder" | "nothing" | "other"> {
  try {
    return (await lstat(pathOf(checkout, path))).isDirectory() ? "folder" : "other";
  } catch (error) {
    return systemCode(error) === "ENOENT" ? "nothing" : "other";
  }
}

function pathOf(checkout: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${checkout}/`), Buffer.from(path, "latin1")]);
}
