import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobKey, periodOf, readAllowance, whyShareSpent, type JobShare } from "./job-share.ts";
import { whySpent } from "./budget.ts";
import { spentPath, type Budget, type Spent } from "./protocol.ts";

const CALLS_LIMIT = 10 * 1024 * 1024;

/** One call, as its line in calls.jsonl tells it. No part of a request or an answer is in it. */
export interface CallLine {
  readonly at: string;
  readonly session: string;
  readonly call: number;
  /** Null where nothing was asked of the provider. */
  readonly capability: string | null;
  /** What the provider answered; null where it did not. */
  readonly status: number | null;
  /** `refused` by the worker itself; `aborted` by the session; `broken` on the provider's side. */
  readonly outcome: "answered" | "refused" | "aborted" | "broken";
  readonly refusal?: string;
  readonly requestBytes: number;
  readonly answerBytes: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The provider did not say what the call cost. */
  readonly estimated?: boolean;
  readonly durationMs: number;
  /** What a push was to do, and whether the remote says that it has. */
  readonly push?:
    | { readonly ref: string; readonly old: string; readonly new: string; readonly accepted: boolean }
    | undefined;
}

const NOTHING: Spent = {
  v: 1,
  calls: 0,
  inputTokens: 0,
  outputTokens: 0,
  bytes: 0,
  lastStatus: null,
  statuses: {},
};

export interface Ledger {
  spent(session: string): Spent;
  /** Why a session may not spend more, by its own budget or by that of its job; null while it may. */
  whySpent(session: string, budget: Budget | undefined): string | null;
  /** Written before it returns, where the disk takes it: then what was spent outlives this process. Never throws. */
  add(line: Omit<CallLine, "call" | "at">, job?: JobShare): void;
  /** Writes what the disk did not take before. False while there is such, or where what was spent cannot be read. */
  isKept(session: string, job: JobShare | undefined): boolean;
}

/** Lines that the disk did not take. */
const OWED_LINES = 1000;

export function openLedger(directory: string): Ledger {
  mkdirSync(join(directory, "spent"), { recursive: true, mode: 0o700 });
  const calls = join(directory, "calls.jsonl");
  const known = new Map<string, Spent>();

  const unsaved = new Set<string>();
  const owed: string[] = [];

  function spent(session: string): Spent {
    const found = known.get(session) ?? readSpent(directory, session);
    known.set(session, found);
    return found;
  }
  function look(session: string): Spent | null {
    try {
      return spent(session);
    } catch {
      return null;
    }
  }
  function save(): boolean {
    try {
      for (const session of unsaved) {
        writeWhole(spentPath(directory, session), JSON.stringify(known.get(session)));
        unsaved.delete(session);
      }
      if (owed.length === 0) return true;
      if ((statSync(calls, { throwIfNoEntry: false })?.size ?? 0) > CALLS_LIMIT)
        renameSync(calls, join(directory, "calls.1.jsonl"));
      appendFileSync(calls, owed.join(""), { mode: 0o600 });
      owed.length = 0;
      return true;
    } catch {
      // A full disk, as a rule. What was spent is in memory meanwhile, and no more is spent.
      return false;
    }
  }
  function count(key: string, line: Omit<CallLine, "call" | "at">, period?: string): Spent {
    const found = look(key);
    const before = found === null || found.period !== period ? NOTHING : found;
    const after = { ...addCall(before, line), ...(period === undefined ? {} : { period }) };
    // What cannot be read must not be written over.
    if (found !== null) {
      known.set(key, after);
      unsaved.add(key);
    }
    return after;
  }
  return {
    spent,
    whySpent(session, budget) {
      const own = whySpent(budget, spent(session));
      const share = budget?.job;
      if (own !== null || share === undefined) return own;
      const now = new Date();
      const found = spent(jobKey(share));
      const tokens = found.period === periodOf(share.every, now) ? found.inputTokens + found.outputTokens : 0;
      return whyShareSpent(share, tokens, readAllowance(directory, share, now));
    },
    add(line, job) {
      const after = count(line.session, line);
      if (job !== undefined) count(jobKey(job), line, periodOf(job.every, new Date()));
      const told: CallLine = { at: new Date().toISOString(), call: after.calls, ...line };
      if (owed.length < OWED_LINES) owed.push(`${JSON.stringify(told)}\n`);
      save();
    },
    isKept: (session, job) => save() && look(session) !== null && (job === undefined || look(jobKey(job)) !== null),
  };
}

/** Pure. */
export function addCall(spent: Spent, line: Omit<CallLine, "call" | "at">): Spent {
  const { status } = line;
  return {
    v: 1,
    calls: spent.calls + 1,
    inputTokens: spent.inputTokens + line.inputTokens,
    outputTokens: spent.outputTokens + line.outputTokens,
    bytes: spent.bytes + line.requestBytes + line.answerBytes,
    lastStatus: status ?? spent.lastStatus,
    statuses: status === null ? spent.statuses : { ...spent.statuses, [status]: (spent.statuses[status] ?? 0) + 1 },
  };
}

/** Throws where the file is there and cannot be opened: what cannot be read is not nothing. */
function readSpent(directory: string, session: string): Spent {
  let text: string;
  try {
    text = readFileSync(spentPath(directory, session), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
    throw error;
  }
  try {
    return { ...NOTHING, ...(JSON.parse(text) as Spent) };
  } catch {
    return NOTHING;
  }
}

// A worker that is killed leaves the old file or the new one.
function writeWhole(path: string, text: string): void {
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
