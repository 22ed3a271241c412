import { HarnessError } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { type GitContext, runGit } from "./git.ts";
import type { Identity } from "./identity.ts";
import { planMerge } from "./plan-merge.ts";

export type Picked =
  | { outcome: "clean"; commit: string; count: number }
  /** `commit` is the one that does not fit. */
  | { outcome: "conflict"; files: string[]; base: string; ours: string; theirs: string };

interface Wanted {
  hub: string;
  session: string;
  identity: Identity;
  onto: string;
  tip: string;
  /** Commits that are in already, though not by their own names. */
  without: readonly string[];
}

const COMMITS_AT_MOST = 2000;

/**
 * Puts the commits below `tip` that `onto` has not on top of it, one by one and without a checkout. Authors, dates and
 * messages stay as they are; what changes nothing any more is left out. Throws `branch-has-merges`.
 */
export async function pickCommits(context: GitContext, wanted: Wanted): Promise<Picked> {
  const { hub, onto } = wanted;
  let head = onto;
  let headAt = await committedAt(context, hub, onto);
  let count = 0;
  for (const commit of await listCommits(context, wanted)) {
    if (commit.parent === head) {
      head = commit.oid;
      headAt = await committedAt(context, hub, head);
      count++;
      continue;
    }
    const sides = { ours: head, theirs: commit.oid, base: commit.parent };
    const plan = await planMerge(context, hub, sides);
    if (plan.outcome === "conflict") return { ...sides, outcome: "conflict", files: plan.files };
    const isEmpty = plan.tree === (await treeOf(context, hub, head));
    const wasEmpty = commit.tree === (await treeOf(context, hub, commit.parent));
    if (isEmpty && !wasEmpty) continue;
    headAt = Math.max(headAt, await committedAt(context, hub, commit.oid));
    head = await writeCommit(context, wanted, { ...commit, tree: plan.tree, parent: head, at: headAt });
    count++;
  }
  return { outcome: "clean", commit: head, count };
}

interface Commit {
  oid: string;
  tree: string;
  parent: string;
  /** Author, encoding and message, byte by byte; what signed the old commit cannot vouch for the new one. */
  author: Buffer;
  encoding: Buffer | null;
  message: Buffer;
}

async function listCommits(context: GitContext, wanted: Wanted): Promise<Commit[]> {
  const { hub, session, onto, tip, without } = wanted;
  const range = [tip, ...[onto, ...without].map((oid) => `^${oid}`)];
  const limit = `--max-count=${COMMITS_AT_MOST + 1}`;
  const args = ["rev-list", "--topo-order", "--reverse", "--parents", limit, ...range];
  const { text } = await runGit(context, args, { gitDirectory: hub });
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length > COMMITS_AT_MOST) throw refused(session, `more than ${COMMITS_AT_MOST} commits`);
  if (lines.some((line) => line.split(" ").length !== 2))
    throw refused(session, "commits that have no parent, or several");
  const oids = lines.map((line) => line.slice(0, line.indexOf(" ")));
  const commits: Commit[] = [];
  for (const oid of oids) commits.push(await readCommit(context, hub, oid));
  return commits;
}

function refused(session: string, what: string): HarnessError {
  return new HarnessError("branch-has-merges", `The branch of session ${session} has ${what}.`);
}

async function readCommit(context: GitContext, hub: string, oid: string): Promise<Commit> {
  const { bytes } = await runGit(context, ["cat-file", "commit", oid], { gitDirectory: hub });
  const end = bytes.indexOf("\n\n");
  const headers = splitLines(bytes.subarray(0, end));
  const find = (name: string) =>
    headers.find((line) => line.subarray(0, name.length + 1).equals(Buffer.from(`${name} `)));
  const value = (name: string) => find(name)?.subarray(name.length + 1) ?? null;
  const tree = value("tree")?.toString("latin1");
  const parent = value("parent")?.toString("latin1");
  const author = value("author");
  if (tree === undefined || parent === undefined || author === null)
    throw new HarnessError("git-failed", `The commit ${escapeLine(oid)} cannot be read.`);
  return { oid, tree, parent, author, encoding: value("encoding"), message: bytes.subarray(end + 2) };
}

// Committed by the person; the author stays. The time is that of the old commit, and never before the one below it: picked
// again, the same commits come to the same ones.
async function writeCommit(
  context: GitContext,
  { hub, identity }: Wanted,
  commit: Commit & { at: number },
): Promise<string> {
  const { tree, parent, author, encoding, message, at } = commit;
  const committer = `${identity.name} <${identity.email}> ${at} +0000`;
  const lines = [
    Buffer.from(`tree ${tree}`),
    Buffer.from(`parent ${parent}`),
    Buffer.concat([Buffer.from("author "), author]),
    Buffer.from(`committer ${committer}`),
    ...(encoding === null ? [] : [Buffer.concat([Buffer.from("encoding "), encoding])]),
  ];
  const input = Buffer.concat([...lines.flatMap((line) => [line, Buffer.from("\n")]), Buffer.from("\n"), message]);
  return (await runGit(context, ["hash-object", "-t", "commit", "-w", "--stdin"], { gitDirectory: hub, input })).text;
}

async function committedAt(context: GitContext, gitDirectory: string, commit: string): Promise<number> {
  return Number((await runGit(context, ["log", "-1", "--format=%ct", commit], { gitDirectory })).text);
}

export async function treeOf(context: GitContext, gitDirectory: string, commit: string): Promise<string> {
  return (await runGit(context, ["rev-parse", "--verify", `${commit}^{tree}`], { gitDirectory })).text;
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.length : end;
    lines.push(bytes.subarray(start, stop));
    start = stop + 1;
  }
  return lines;
}
