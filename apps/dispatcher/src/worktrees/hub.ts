import { existsSync } from "node:fs";
import { createSerial } from "../serial.ts";
import { createHub } from "./create-hub.ts";
import type { Place } from "./find-repository.ts";
import { askGit, type GitContext, runGit } from "./git.ts";
import { hubPath } from "./paths.ts";
import { createSharedLook } from "./shared-look.ts";

const FETCH_TIMEOUT_MS = 30 * 60_000;

// One hub, one writer: work on the same hub takes turns within the dispatcher, and there is one dispatcher.
const inTurn = createSerial();
const shareLook = createSharedLook<boolean>();

/** Work that changes a hub waits for its turn. */
export function takeTurn<T>(hub: string, work: () => Promise<T>): Promise<T> {
  return inTurn(hub, work);
}

/** The hub of a repository, holding the commits named. Made when it is not there, refreshed when a commit is new. */
export async function ensureHub(context: GitContext, source: Place, commits: readonly string[]): Promise<string> {
  const hub = hubPath(context.root, source);
  if (!existsSync(hub)) {
    await inTurn(hub, async () => {
      if (!existsSync(hub)) await createHub(context, source, hub);
    });
  }
  for (const commit of commits) await ensureCommit(context, { hub, gitDirectory: source.gitDirectory, commit });
  return hub;
}

/** Brings a commit of the person's repository into the hub. Costs one look when it is there already. */
export async function ensureCommit(
  context: GitContext,
  wanted: { hub: string; gitDirectory: string; commit: string },
): Promise<void> {
  const { hub, gitDirectory, commit } = wanted;
  const shared = () => shareLook(`${hub} ${commit}`, () => isWhole(context, hub, commit));
  if (await shared()) return;
  await inTurn(hub, async () => {
    if (await isWhole(context, hub, commit)) return;
    // The branches come along, so that the next fetch has something to start from. What the person deleted goes first:
    // a branch `a` would stand in the way of a new branch `a/b`. The history of a person's own repository is taken as it
    // is: old repositories hold objects that a strict check refuses.
    const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", commit];
    const options = {
      gitDirectory: hub,
      trust: "person",
      timeoutMs: FETCH_TIMEOUT_MS,
      config: ["fetch.fsckObjects=false"],
    } as const;
    await runGit(context, [...FETCH, "--update-shallow", "--prune", gitDirectory, ...refs], options);
    await runGit(context, ["pack-refs", "--all"], { gitDirectory: hub });
  });
}

/** A fetch that takes what is named and nothing else. */
export const FETCH = [
  "fetch",
  "--quiet",
  "--no-tags",
  "--no-recurse-submodules",
  "--no-auto-maintenance",
  "--no-write-fetch-head",
] as const;

const KNOWN_AT_MOST = 1000;
const known = new Set<string>();

// While the person commits or fetches, a new hub can get a commit without what is in it.
async function isWhole(context: GitContext, hub: string, commit: string): Promise<boolean> {
  if (!(await hasCommit(context, hub, commit))) return false;
  const key = `${hub} ${commit}`;
  if (known.has(key)) return true;
  const args = ["rev-list", "--objects", "--quiet", commit, "--not", "--all"];
  const { code } = await runGit(context, args, { gitDirectory: hub, accept: [128], timeoutMs: FETCH_TIMEOUT_MS });
  if (code !== 0) return false;
  if (known.size >= KNOWN_AT_MOST) known.clear();
  known.add(key);
  return true;
}

export async function hasCommit(context: GitContext, gitDirectory: string, commit: string): Promise<boolean> {
  return askGit(context, ["cat-file", "-e", `${commit}^{commit}`], { gitDirectory, accept: [1, 128] });
}
