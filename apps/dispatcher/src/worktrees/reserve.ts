import { existsSync } from "node:fs";
import { HarnessError, isHarnessError } from "@harness/core";
import { escapeLine } from "./escape.ts";
import { askGit, type GitContext, runGit } from "./git.ts";
import { takeTurn } from "./hub.ts";
import { sessionRefs } from "./paths.ts";
import type { WorktreeRecord } from "./record.ts";

interface Waiting {
  record: WorktreeRecord;
  done(): void;
  fail(error: unknown): void;
}

/** Hub to those whose turn has not come. They are served by one command: each would write the hub's refs to the disk anew. */
const waiting = new Map<string, Waiting[]>();

/**
 * Pins the commit that a session starts from in its hub, and takes the name of its branch there.
 * Throws `branch-exists`, `git-failed`.
 */
export function reserve(context: GitContext, record: WorktreeRecord): Promise<void> {
  const { hub } = record;
  return new Promise((done, fail) => {
    const mine = { record, done, fail };
    const others = waiting.get(hub);
    if (others !== undefined) return void others.push(mine);
    const together = [mine];
    waiting.set(hub, together);
    // In turn: what is collected at that very moment must not be pinned.
    void takeTurn(hub, () => {
      waiting.delete(hub);
      return reserveAll(context, hub, together);
    });
  });
}

/** Gives the pinned commit and the branch name back. Without the pin the name was never ours. */
export async function release(context: GitContext, { session, branch, hub }: WorktreeRecord): Promise<void> {
  const refs = sessionRefs(session, branch);
  const hasPin = () =>
    askGit(context, ["show-ref", "--verify", "--quiet", refs.base], { gitDirectory: hub, accept: [1, 128] });
  if (!existsSync(hub) || !(await hasPin())) return;
  const lines = [refs.branch, refs.import, refs.target, refs.rebased, refs.base].map((ref) => `delete ${ref}\n`);
  await runGit(context, ["update-ref", "--stdin"], { gitDirectory: hub, input: lines.join("") });
}

// All or nothing; where it is nothing, each is told for itself what stands in its way.
async function reserveAll(context: GitContext, hub: string, together: readonly Waiting[]): Promise<void> {
  try {
    await create(context, hub, together);
    for (const { done } of together) done();
  } catch (error) {
    const [first, ...others] = together;
    if (others.length === 0) return first?.fail(await explain(context, first.record, error));
    for (const one of together) await reserveAll(context, hub, [one]);
  }
}

// Both refs or none: the base keeps the commit, the branch keeps the name from being given to two sessions.
async function create(context: GitContext, hub: string, together: readonly Waiting[]): Promise<void> {
  const lines = together.flatMap(({ record: { session, branch, start } }) => {
    const refs = sessionRefs(session, branch);
    return [`create ${refs.base} ${start}\n`, `create ${refs.branch} ${start}\n`];
  });
  await runGit(context, ["update-ref", "--stdin"], { gitDirectory: hub, input: lines.join("") });
}

async function explain(
  context: GitContext,
  { session, branch, hub }: WorktreeRecord,
  error: unknown,
): Promise<unknown> {
  if (!isHarnessError(error) || error.code !== "git-failed") return error;
  if (!(await isTaken(context, hub, sessionRefs(session, branch).branch).catch(() => false))) return error;
  const message = `Another session of this repository works on ${escapeLine(branch)}, or on a branch that one contains.`;
  return new HarnessError("branch-exists", message, {
    hint: "Choose another --branch, or remove that session.",
    cause: error,
  });
}

// A branch `a` also stands in the way of `a/b`, and the other way round.
async function isTaken(context: GitContext, hub: string, ref: string): Promise<boolean> {
  const above = ref.split("/").map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  const exists = (name: string) =>
    askGit(context, ["show-ref", "--verify", "--quiet", name], { gitDirectory: hub, accept: [1, 128] });
  for (const name of above.slice(3)) if (await exists(name)) return true;
  return (await runGit(context, ["for-each-ref", "--count=1", `${ref}/`], { gitDirectory: hub })).text !== "";
}
