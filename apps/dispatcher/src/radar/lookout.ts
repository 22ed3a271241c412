import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { HarnessError } from "@harness/core";
import { readShallow, writeGitDirectory } from "../worktrees/git-directory.ts";
import { type GitContext, type GitOptions, type GitResult, runGit } from "../worktrees/git.ts";
import { FETCH, hasCommit } from "../worktrees/hub.ts";
import { fetchMirror } from "../worktrees/import.ts";
import { requireTip, withMirror } from "../worktrees/mirror.ts";
import { makeDirectory } from "../worktrees/paths.ts";
import type { WorktreeRecord } from "../worktrees/record.ts";
import type { Target } from "../worktrees/target.ts";

/**
 * The git directory in which the radar brings commits together: it borrows the objects of the hub and adds what sessions
 * committed. Nobody else uses it, nothing in it is needed, and it can be taken away at any time.
 */
export interface Lookout {
  readonly directory: string;
  readonly gitDirectory: string;
  /** The objects of the hub. */
  readonly borrow: string;
  readonly objectFormat: WorktreeRecord["objectFormat"];
  git(args: readonly string[], options?: GitOptions): Promise<GitResult>;
}

const TIPS = "refs/harness/tip/";
const TARGETS = "refs/harness/target/";
const MANY_PACKS = 40;

/** What only one look needs: a killed one leaves it to the next. */
export const SCRATCH = "scratch-";

export function lookoutDirectory({ root }: GitContext, hub: string): string {
  return join(root.run.radar, basename(hub, ".git"));
}

export function makeLookoutDirectory(context: GitContext, hub: string): string {
  const directory = lookoutDirectory(context, hub);
  makeDirectory(context.root.run.radar);
  makeDirectory(directory);
  return directory;
}

/** The lookout and the tips that are in it. One that is damaged, or borrows from elsewhere, is made anew. */
export async function openLookout(
  context: GitContext,
  { hub, objectFormat }: Pick<WorktreeRecord, "hub" | "objectFormat">,
): Promise<{ lookout: Lookout; tips: Map<string, string> }> {
  const directory = makeLookoutDirectory(context, hub);
  const gitDirectory = join(directory, "lookout.git");
  const borrow = join(hub, "objects");
  const git: Lookout["git"] = (args, options = {}) => runGit(context, args, { gitDirectory, ...options });
  const lookout = { directory, gitDirectory, borrow, objectFormat, git };
  const lender = await readFile(join(gitDirectory, "objects", "info", "alternates"), "utf8").catch(() => "");
  const shallow = await readShallow(hub);
  const isOurs = lender === `${borrow}\n` && hasLines(await readShallow(gitDirectory), shallow);
  const tips = isOurs ? await readTips(lookout).catch(() => null) : null;
  if (tips !== null) return { lookout, tips };
  await rm(gitDirectory, { recursive: true, force: true });
  const fresh = await mkdtemp(join(directory, SCRATCH));
  await writeGitDirectory(fresh, { objectFormat, borrow, branch: "none", refs: new Map(), shallow });
  await rename(fresh, gitDirectory);
  return { lookout, tips: new Map() };
}

// Where history ends early for the hub it does here, too.
function hasLines(text: string | null, wanted: string | null): boolean {
  const lines = new Set((text ?? "").split("\n"));
  return (wanted ?? "").split("\n").every((line) => line === "" || lines.has(line));
}

// The type of each is asked for, so that one that is not there any more fails.
async function readTips({ git }: Lookout): Promise<Map<string, string>> {
  const { text } = await git(["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)", TIPS]);
  return new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const [ref = "", oid] = line.split(" ");
      return oid === undefined ? [] : [[ref.slice(TIPS.length), oid]];
    }),
  );
}

/** Brings what a session committed here, each object checked, and returns the commit. Throws what `fetchMirror` and `withMirror` throw. */
export function bringTip(context: GitContext, lookout: Lookout, id: string): Promise<string> {
  return withMirror(context, id, async (mirror) => {
    const oid = requireTip(mirror);
    if (!(await hasCommit(context, mirror.gitDirectory, oid)))
      throw new HarnessError("session-damaged", `Its branch names ${oid}, which is no commit of its repository.`);
    await fetchMirror(context, mirror, { oid, ref: `${TIPS}${id}`, into: lookout.gitDirectory });
    return oid;
  });
}

/** Brings a branch of the person here, as it stands. */
export async function bringTarget(
  context: GitContext,
  lookout: Lookout,
  { target, from }: { target: Target; from: string },
): Promise<void> {
  const { git, gitDirectory } = lookout;
  const ref = `${TARGETS}${createHash("sha256").update(target.ref).digest("hex").slice(0, 16)}`;
  const { text } = await git(["rev-parse", "--verify", "--quiet", ref], { accept: [1] });
  if (text === target.oid) return;
  // The person's own history is taken as it is, as the hub takes it.
  const config = ["fetch.fsckObjects=false", "fetch.unpackLimit=1"];
  await runGit(context, [...FETCH, "--update-shallow", from, `+${target.oid}:${ref}`], {
    gitDirectory,
    trust: "person",
    config,
  });
}

/** Forgets sessions that are gone, and keeps the packs few. */
export async function tidyLookout(
  { directory, git, gitDirectory }: Lookout,
  { sessions, tips, packs = MANY_PACKS }: { sessions: ReadonlySet<string>; tips: Iterable<string>; packs?: number },
): Promise<void> {
  const gone = [...tips].filter((id) => !sessions.has(id));
  if (gone.length > 0)
    await git(["update-ref", "--stdin"], { input: gone.map((id) => `delete ${TIPS}${id}\n`).join("") });
  for (const name of await readdir(directory)) {
    if (name.startsWith(SCRATCH)) await rm(join(directory, name), { recursive: true, force: true });
  }
  const found = (await readdir(join(gitDirectory, "objects", "pack"))).filter((name) => name.endsWith(".pack"));
  if (found.length > packs) await git(["repack", "-a", "-d", "-l", "-q"]);
}
