import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { createSharedLook } from "./shared-look.ts";

/** A commit of a person's repository. */
export interface Contents {
  gitDirectory: string;
  /** The person's checkout; null when the repository is bare. */
  checkout: string | null;
  oid: string;
}

const SHOWN = 3;

const shareLook = createSharedLook<string[]>();

/** What a worktree of this commit has otherwise than the person's checkout, a sentence each. */
export function describeContents(context: GitContext, contents: Contents): Promise<string[]> {
  const { gitDirectory, checkout, oid } = contents;
  return shareLook(JSON.stringify([gitDirectory, checkout, oid]), () => look(context, contents));
}

async function look(context: GitContext, contents: Contents): Promise<string[]> {
  const [submodules, lfs, sparse] = await Promise.all([
    readSubmodules(context, contents),
    usesLargeFiles(context, contents),
    isSparse(context, contents),
  ]);
  const notes: string[] = [];
  if (submodules.length > 0) notes.push(describeSubmodules(submodules));
  if (lfs) notes.push("Git LFS: files that it keeps are pointer files in the session; their contents are not fetched.");
  if (sparse) notes.push("Your checkout is sparse; the session has every file of the commit.");
  return notes;
}

function describeSubmodules(paths: string[]): string {
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : "";
  const names = `${paths.slice(0, SHOWN).map(escapeLine).join(", ")}${more}`;
  const are =
    paths.length === 1 ? `The submodule ${names} is an empty folder` : `The submodules ${names} are empty folders`;
  return `${are} in the session: a submodule is a repository of its own, and is not fetched.`;
}

async function readSubmodules(context: GitContext, { gitDirectory, oid }: Contents): Promise<string[]> {
  // Nothing there, or nothing that git can read, answers with an exit code of its own.
  const args = ["config", "--null", "--blob", `${oid}:.gitmodules`, "--get-regexp", "^submodule\\..*\\.path$"];
  const { code, text } = await runGit(context, args, { gitDirectory, accept: [1, 128] });
  if (code !== 0) return [];
  return text.split("\0").flatMap((entry) => (entry.includes("\n") ? entry.slice(entry.indexOf("\n") + 1) : []));
}

async function usesLargeFiles(context: GitContext, { gitDirectory, oid }: Contents): Promise<boolean> {
  const args = ["cat-file", "blob", `${oid}:.gitattributes`];
  const { code, text } = await runGit(context, args, { gitDirectory, accept: [128] });
  return code === 0 && /^[^#]*\sfilter=lfs(\s|$)/mu.test(text);
}

async function isSparse(context: GitContext, { checkout }: Contents): Promise<boolean> {
  if (checkout === null) return false;
  const args = ["config", "--type=bool", "--get", "core.sparseCheckout"];
  const { text } = await runGit(context, args, { cwd: checkout, trust: "person", accept: [1] });
  return text === "true";
}
