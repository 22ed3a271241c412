import { HarnessError, isHarnessError, systemCode } from "@harness/core";
import type { GitContext } from "../worktrees/git.ts";
import { peekTip } from "../worktrees/mirror.ts";
import type { WorktreeRecord } from "../worktrees/record.ts";
import { findMergeBase, readTarget, type Target } from "../worktrees/target.ts";
import type { AtMost } from "./at-most.ts";
import { readChangedFiles } from "./changed-files.ts";
import { bringTarget, bringTip, type Lookout } from "./lookout.ts";
import type { Outlook } from "./outlook.ts";

/** An open session that works on a branch. */
export interface RadarSession {
  id: string;
  name: string | null;
  record: WorktreeRecord;
}

/** A session as one look finds it. */
export interface Looked extends RadarSession {
  /** The commit of its branch, in the lookout unless nothing was committed; null when it could not be brought there. */
  tip: string | null;
  target: Target | null;
  /** Where its work begins. */
  fork: string | null;
  /** It has commits that its target has not. */
  hasOwn: boolean;
  /** What its commits changed. */
  changed: ReadonlySet<string>;
  problem: string | null;
}

export interface LookTools {
  context: GitContext;
  atMost: AtMost;
  outlook: Outlook;
  lookout: Lookout;
  /** The tips that are in the lookout already. */
  tips: ReadonlyMap<string, string>;
  /** The targets that this look has read. */
  targets: Map<string, Promise<FoundTarget>>;
  cost: { imports: number; merges: number };
  /** What was refused before is tried again. */
  retry: boolean;
}

/** A session and the tip that its own files name. */
export interface Peeked {
  session: RadarSession;
  tip: string | null;
  problem: string | null;
}

/** No git runs. */
export async function peekTips(context: GitContext, sessions: readonly RadarSession[]): Promise<Peeked[]> {
  return Promise.all(
    sessions.map(async (session) => {
      try {
        const tip = await peekTip(context, session.record);
        return { session, tip, problem: tip === null ? `It has no branch ${session.record.branch} any more.` : null };
      } catch (error) {
        return { session, tip: null, problem: problemOf(error) };
      }
    }),
  );
}

export const UNTOUCHED = { target: null, fork: null, hasOwn: false, changed: new Set<string>() as ReadonlySet<string> };

/** Brings one session's commits together with its target's. What is wrong with it is its own problem. */
export async function lookAtSession(
  tools: LookTools,
  { session, tip: peeked }: { session: RadarSession; tip: string },
): Promise<Looked> {
  const { lookout, outlook, atMost } = tools;
  const { record } = session;
  try {
    const tip = await atMost(() => takeTip(tools, session.id, peeked));
    const { target, problem } = await readSessionTarget(tools, record);
    const fork = target === null ? record.start : await findFork(tools, { target, tip, start: record.start });
    const hasOwn = fork !== tip;
    const read = () => atMost(() => readChangedFiles(lookout, fork, tip));
    const changed = hasOwn ? await outlook.changed.get(`${fork}:${tip}`, read) : UNTOUCHED.changed;
    return { ...session, tip, target, fork, hasOwn, changed, problem };
  } catch (error) {
    const problem = problemOf(error);
    outlook.refused.set(session.id, { tip: peeked, problem });
    return { ...session, ...UNTOUCHED, tip: null, problem };
  }
}

interface FoundTarget {
  target: Target | null;
  problem: string | null;
}

// One look reads a target once for all its sessions. Where it is gone or cannot be read, they are still compared with each other.
function readSessionTarget(tools: LookTools, record: WorktreeRecord): Promise<FoundTarget> {
  const key = `${record.gitDirectory}\0${record.baseRef ?? ""}`;
  const found = tools.targets.get(key) ?? findTarget(tools, record);
  tools.targets.set(key, found);
  return found;
}

async function findTarget({ context, lookout, atMost }: LookTools, record: WorktreeRecord): Promise<FoundTarget> {
  if (record.baseRef?.startsWith("refs/heads/") !== true) return { target: null, problem: null };
  try {
    const target = await atMost(() => readTarget(context, record));
    await atMost(() => bringTarget(context, lookout, { target, from: record.gitDirectory }));
    return { target, problem: null };
  } catch (error) {
    return { target: null, problem: problemOf(error) };
  }
}

async function takeTip(
  { context, lookout, outlook, tips, cost, retry }: LookTools,
  id: string,
  tip: string,
): Promise<string> {
  if (tips.get(id) === tip) return tip;
  const refused = outlook.refused.get(id);
  if (refused?.tip === tip && !retry) throw new HarnessError("import-refused", refused.problem);
  cost.imports += 1;
  const brought = await bringTip(context, lookout, id);
  outlook.refused.delete(id);
  return brought;
}

async function findFork(
  { context, lookout, outlook, atMost }: LookTools,
  { target, tip, start }: { target: Target; tip: string; start: string },
): Promise<string> {
  return outlook.forks.get(`${target.oid}:${tip}`, () =>
    atMost(async () => (await findMergeBase(context, lookout.gitDirectory, [target.oid, tip])) ?? start),
  );
}

/** Why something of one session could not be looked at. What is wrong with the disk is nobody's own problem, and is thrown. */
export function problemOf(error: unknown): string {
  if (isHarnessError(error) && error.code !== "storage-full" && error.code !== "storage-lost") return error.message;
  const code = systemCode(error);
  if (code !== undefined && code !== "ENOSPC" && code !== "EDQUOT") return `Its files could not be read (${code}).`;
  throw error;
}
