import { escapeLine } from "./escape.ts";
import { askGit, type GitContext, runGit } from "./git.ts";
import { createSharedLook } from "./shared-look.ts";

/** A commit of a person's repository. */
export interface Contents {
  gitDirectory: string;
  /** The person's checkout; null when the repository is bare. */
  checkout: string | null;
  oid: string;
}

const SHOWN = 3;

interface Kept {
  submodules: string[];
  lfs: boolean;
}

/** What a commit holds never changes: the last few that sessions were made of are known. */
const KNOWN_AT_MOST = 100;
const known = new Map<string, Kept>();

const shareLook = createSharedLook<[Kept, boolean]>();

/** What a worktree of this commit has otherwise than the person's checkout, a sentence each. */
export async function describeContents(context: GitContext, contents: Contents): Promise<string[]> {
  const { gitDirectory, checkout, oid } = contents;
  const [{ submodules, lfs }, sparse] = await shareLook(JSON.stringify([gitDirectory, checkout, oid]), () =>
    Promise.all([readCommit(context, contents), isSparse(context, contents)]),
  );
  const notes: string[] = [];
  if (submodules.length > 0) notes.push(describeSubmodules(submodules));
  if (lfs) notes.push("Git LFS: files that it keeps are pointer files in the session; their contents are not fetched.");
  if (sparse) notes.push("Your checkout is sparse; the session has every file of the commit.");
  return notes;
}

async function readCommit(context: GitContext, contents: Contents): Promise<Kept> {
  const key = `${contents.gitDirectory} ${contents.oid}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const [submodules, lfs] = await Promise.all([readSubmodules(context, contents), usesLargeFiles(context, contents)]);
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.set(key, { submodules, lfs });
  return { submodules, lfs };
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
  const pattern = "^[^#]*[[:space:]]filter=lfs([[:space:]]|$)";
  const args = ["grep", "--quiet", "-I", "-E", pattern, oid, "--", ":(glob)**/.gitattributes"];
  return askGit(context, args, { gitDirectory, accept: [1, 128] });
}

async function isSparse(context: GitContext, { checkout }: Contents): Promise<boolean> {
  if (checkout === null) return false;
  const args = ["config", "--type=bool", "--get", "core.sparseCheckout"];
  const { text } = await runGit(context, args, { cwd: checkout, trust: "person", accept: [1] });
  return text === "true";
}
