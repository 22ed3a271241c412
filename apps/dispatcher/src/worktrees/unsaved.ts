import { HarnessError, isHarnessError } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import { readMergeRecord } from "./merge-record.ts";
import type { Mirror } from "./mirror.ts";

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
  const { text } = await mirror.git(["rev-list", "--stdin"], { input });
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
  const { hub, session, start } = mirror.record;
  const args = ["for-each-ref", "--format=%(objectname)", "refs/heads/", "refs/tags/"];
  const { text } = await runGit(context, args, { gitDirectory: hub });
  const merged = await readMerged(context, mirror, session);
  return [start, ...merged, ...text.split("\n").filter((oid) => oid !== "")];
}

// A merge counts only while a branch of the person holds it: a waiting one may have been deleted, a target reset.
async function readMerged(context: GitContext, mirror: Mirror, session: string): Promise<string[]> {
  const merge = await readMergeRecord(context.root, session);
  if (merge === null || merge.state === "planned") return [];
  const args = ["for-each-ref", "--count=1", "--format=%(refname)", `--contains=${merge.tip}`, "refs/heads/"];
  try {
    const { text } = await runGit(context, args, { gitDirectory: mirror.record.gitDirectory, trust: "person" });
    return text === "" ? [] : [merge.tip];
  } catch (error) {
    // The repository moved, or has lost the commit: then the session's copy is the only one.
    if (isHarnessError(error) && error.code !== "git-missing") return [];
    throw error;
  }
}

const MANY = 200;

async function withoutAncestors(mirror: Mirror, oids: string[]): Promise<string[]> {
  if (oids.length < 2 || oids.length > MANY) return oids;
  const independent = new Set((await mirror.git(["merge-base", "--independent", ...oids])).text.split("\n"));
  return oids.filter((oid) => independent.has(oid));
}
