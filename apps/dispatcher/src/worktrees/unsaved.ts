import { HarnessError, isHarnessError } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { readMergeRecord } from "./merge-record.ts";
import type { Mirror } from "./mirror.ts";
import type { WorktreeRecord } from "./record.ts";

export interface Unsaved {
  /** None of them is below another. */
  tips: string[];
  /** What the session calls them and what is below them: `HEAD`, refs, entries of the stash. */
  names: string[];
}

/** The commits of a session that neither a branch or tag of the person nor a finished merge holds. */
export async function findUnsaved(context: GitContext, mirror: Mirror): Promise<Unsaved> {
  const named = nameTips(mirror);
  const commits = await pickCommits(mirror, [...named.keys()]);
  refuseLost(named, commits);
  const saved = await readSaved(context, mirror);
  const input = [...commits.values(), ...saved.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join("");
  // The hub need not have what the person committed last.
  const { text } = await mirror.git(["rev-list", "--ignore-missing", "--stdin"], { input });
  const isFresh = new Set(text.split("\n"));
  const fresh = [...commits].filter(([, commit]) => isFresh.has(commit));
  return {
    tips: await withoutAncestors(mirror, [...new Set(fresh.map(([, commit]) => commit))]),
    names: fresh.flatMap(([oid]) => named.get(oid) ?? []),
  };
}

function nameTips({ head, refs, stashes }: Mirror): Map<string, string[]> {
  const named: [string, string | null][] = [
    ["HEAD", head],
    ...refs,
    ...stashes.map((oid): [string, string] => ["stash", oid]),
  ];
  const names = new Map<string, string[]>();
  for (const [name, oid] of named) {
    if (oid === null) continue;
    const known = names.get(oid);
    if (known === undefined) names.set(oid, [name]);
    else known.push(name);
  }
  return names;
}

// What a branch stands on and is not there cannot be saved, and must not pass for nothing.
function refuseLost(named: Map<string, string[]>, commits: Map<string, string>): void {
  for (const [oid, names] of named) {
    const name = names.find((candidate) => /^(HEAD$|refs\/(heads\/|stash$))/.test(candidate));
    if (name === undefined || commits.has(oid)) continue;
    throw new HarnessError("session-damaged", `${escapeLine(name)} stands on ${oid}, which is not in its repository.`);
  }
}

// A ref may name a tag, something that is no commit, or nothing at all.
async function pickCommits(mirror: Mirror, oids: string[]): Promise<Map<string, string>> {
  const input = oids.map((oid) => `${oid}^{commit}\n`).join("");
  const { text } = await mirror.git(["cat-file", "--batch-check=%(objectname) %(objecttype)"], { input });
  const answers = text.split("\n");
  return new Map(
    oids.flatMap((oid, index): [string, string][] => {
      const [name = "", type] = (answers[index] ?? "").split(" ");
      return type === "commit" ? [[oid, name]] : [];
    }),
  );
}

async function readSaved(context: GitContext, mirror: Mirror): Promise<string[]> {
  const { session, start } = mirror.record;
  return [start, ...(await readMerged(context, mirror, session)), ...(await readOwn(context, mirror.record))];
}

// The hub has the branches of its last fetch: what the person has taken back since goes with the next one.
async function readOwn(context: GitContext, { hub, gitDirectory }: WorktreeRecord): Promise<string[]> {
  const list = async (directory: string) => {
    const args = ["for-each-ref", "--format=%(objectname)", "refs/heads/", "refs/tags/"];
    const { text } = await runGit(context, args, { gitDirectory: directory });
    return text.split("\n").filter((oid) => oid !== "");
  };
  const fetched = await list(hub);
  // From a repository that is gone nothing is fetched any more.
  const own = await list(gitDirectory).catch(nullIfFailed);
  if (own === null) return fetched;
  const current = new Set(own);
  const moved = fetched.filter((oid) => !current.has(oid)).slice(0, MANY);
  const held: string[] = [];
  for (const oid of moved) if (await isHeld(context, gitDirectory, oid)) held.push(oid);
  return [...own, ...held];
}

async function isHeld(context: GitContext, gitDirectory: string, oid: string): Promise<boolean> {
  const args = ["for-each-ref", "--count=1", "--format=%(refname)", `--contains=${oid}`, "refs/heads/", "refs/tags/"];
  // The repository moved, or has lost the commit: then the session's copy is the only one.
  const found = await runGit(context, args, { gitDirectory }).catch(nullIfFailed);
  return found !== null && found.text !== "";
}

function nullIfFailed(error: unknown): null {
  if (isHarnessError(error) && error.code !== "git-missing") return null;
  throw error;
}

// A merge counts only while a branch of the person holds it: a waiting one may have been deleted, a target reset.
async function readMerged(context: GitContext, mirror: Mirror, session: string): Promise<string[]> {
  const merge = await readMergeRecord(context.root, session);
  if (merge === null || merge.state === "planned") return [];
  return (await isHeld(context, mirror.record.gitDirectory, merge.tip)) ? [merge.tip] : [];
}

const MANY = 200;

async function withoutAncestors(mirror: Mirror, oids: string[]): Promise<string[]> {
  if (oids.length < 2 || oids.length > MANY) return oids;
  const independent = new Set((await mirror.git(["merge-base", "--independent", ...oids])).text.split("\n"));
  return oids.filter((oid) => independent.has(oid));
}
