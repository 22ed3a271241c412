import { HarnessError } from "@harness/core";
import { parseBranchName } from "./branch-name.ts";
import { describeContents } from "./describe-contents.ts";
import { escapeLine } from "./escape.ts";
import { findRepository, type Place } from "./find-repository.ts";
import { type GitContext, runGit } from "./git.ts";
import { type Identity, readIdentity } from "./identity.ts";
import { type Changes, describeChanges, isClean, readStatus } from "./read-status.ts";
import { requireGit } from "./require-git.ts";
import { createSharedLook } from "./shared-look.ts";

export interface SourceInput {
  /** Any folder of the repository. */
  path: string;
  /** A branch, tag or commit; the checked-out one unless given. */
  base?: string | undefined;
  /** The branch a session is to own. */
  branch?: string | undefined;
  /** Go on with `branch` where it exists. */
  continue?: boolean | undefined;
}

/** A repository of the person, as it was when looked at. */
export interface Source extends Place {
  base: { oid: string; ref: string | null; name: string };
  /** Name to tip. */
  branches: ReadonlyMap<string, string>;
  dirty: Changes;
  identity: Identity;
  /** What the worktree has otherwise than the person's checkout, a sentence each. */
  notes: string[];
}

const shareLook = createSharedLook<Omit<Source, "notes">>();

/** Throws `repository-not-found`, `repository-unsupported`, `ref-not-found`, `branch-invalid`, `branch-exists`, `git-missing`. */
export async function inspectSource(context: GitContext, input: SourceInput): Promise<Source> {
  await requireGit(context);
  if (input.branch !== undefined) parseBranchName(input.branch);
  const { PATH, HOME } = context.environment;
  const key = JSON.stringify([context.root.path, PATH, HOME, input.path, input.base]);
  const source = await shareLook(key, () => look(context, input));
  const { checkout, gitDirectory, dirty } = source;
  const start = chooseStart(source, input);
  const left = isClean(dirty) ? [] : [describeLeftOut({ dirty, checkout: checkout ?? gitDirectory, start })];
  const contents = await describeContents(context, { gitDirectory, checkout, oid: start.oid });
  return { ...source, notes: [...left, ...contents] };
}

async function look(context: GitContext, input: SourceInput): Promise<Omit<Source, "notes">> {
  const place = await findRepository(context, input.path);
  const { checkout, gitDirectory } = place;
  const [base, branches, dirty, identity] = await Promise.all([
    resolveBase(context, place, input.base),
    readBranches(context, gitDirectory),
    checkout === null ? { modified: 0, untracked: 0 } : readStatus(context, checkout),
    readIdentity(context, gitDirectory),
  ]);
  return { ...place, base, branches, dirty, identity };
}

// `^main` is a revision as well, and names what is left out.
const OID = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

async function resolveBase(context: GitContext, place: Place, base?: string): Promise<Source["base"]> {
  const name = base ?? "HEAD";
  // oxlint-disable-next-line no-control-regex
  if (name.startsWith("-") || /[\u0000-\u001f]/.test(name) || name === "") throw unknownBase(name, place.root);
  const options = { cwd: place.checkout ?? place.gitDirectory, trust: "person", accept: [1, 128] } as const;
  const [commit, full] = await Promise.all([
    runGit(context, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], options),
    runGit(context, ["rev-parse", "--symbolic-full-name", name], options),
  ]);
  if (commit.code !== 0 || !OID.test(commit.text))
    throw name === "HEAD" ? unborn(place.root) : unknownBase(name, place.root);
  const ref = full.code === 0 && full.text.startsWith("refs/") ? full.text : null;
  return { oid: commit.text, ref, name: shortRef(ref) ?? name };
}

async function readBranches(context: GitContext, gitDirectory: string): Promise<Map<string, string>> {
  const args = ["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"];
  const { text } = await runGit(context, args, { gitDirectory, trust: "person" });
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => [line.slice(line.indexOf(" ") + "refs/heads/".length + 1), line.slice(0, line.indexOf(" "))]),
  );
}

interface Start {
  oid: string;
  name: string;
}

/**
 * The commit a session starts from: the base, or the tip of its own branch when it goes on with that.
 * Throws `branch-exists`, `ref-not-found`.
 */
export function chooseStart(
  source: Pick<Source, "base" | "branches">,
  wanted: { branch?: string | undefined; continue?: boolean | undefined },
): Start {
  const { base, branches } = source;
  const tip = wanted.branch === undefined ? undefined : branches.get(wanted.branch);
  if (wanted.continue === true && tip === undefined) throw nothingToContinue(wanted.branch);
  if (wanted.branch === undefined || tip === undefined) return { oid: base.oid, name: base.name };
  if (wanted.continue === true) return { oid: tip, name: wanted.branch };
  throw new HarnessError("branch-exists", `The repository has a branch ${escapeLine(wanted.branch)} already.`);
}

function describeLeftOut(facts: { dirty: Changes; checkout: string; start: Start }): string {
  const { dirty, checkout, start } = facts;
  const verb = dirty.modified + dirty.untracked === 1 ? "is" : "are";
  const left = `${describeChanges(dirty)} in ${escapeLine(checkout)} ${verb} not committed and left out`;
  return `${left}: the session starts from ${escapeLine(start.name)} (${start.oid.slice(0, 10)}).`;
}

function shortRef(ref: string | null): string | null {
  return ref === null ? null : ref.replace(/^refs\/(heads|tags|remotes)\//, "");
}

function nothingToContinue(branch: string | undefined): HarnessError {
  const what = branch === undefined ? "No branch is named" : `The repository has no branch ${escapeLine(branch)}`;
  return new HarnessError("ref-not-found", `${what} to go on with.`, {
    hint: "Name a branch that exists with --branch, or leave --continue out to make a new one.",
  });
}

function unknownBase(name: string, root: string): HarnessError {
  return new HarnessError("ref-not-found", `${root} has no commit under the name "${escapeLine(name.slice(0, 120))}".`);
}

function unborn(root: string): HarnessError {
  const hint = "Make the first commit, or name a --base that exists.";
  return new HarnessError(
    "ref-not-found",
    `${root} has nothing checked out that a session could start from: no commit yet.`,
    { hint },
  );
}
