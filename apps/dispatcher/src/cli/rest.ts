import type { StateRoot } from "@harness/core";
import { failureWords } from "@harness/core/telling";
import { hasClaimed, hasMail } from "../supervisor/mail.ts";
import { readDispatcher } from "../supervisor/singleton.ts";
import { readSessionFiles, type SessionFiles } from "./read-summary.ts";

/** A session that will do nothing more by itself. */
export interface Rest {
  id: string;
  badge: string;
  /** The last turn ended well and nothing is left. */
  ok: boolean;
  reason: string;
}

export interface RestFacts extends SessionFiles {
  /** Something in the inbox is not handled. */
  hasWork: boolean;
  dispatcherRuns: boolean;
}

export function readRest(root: StateRoot, id: string): Rest | null {
  const { inbox } = root.session(id);
  // The inbox is read first: what leaves it meanwhile shows in the status that is read after it.
  const hasWork = hasMail(inbox) || hasClaimed(inbox);
  return restOf({ ...readSessionFiles(root, id), hasWork, dispatcherRuns: readDispatcher(root) !== null });
}

/** Facts to a verdict, pure; null while the session is at work or about to be. */
export function restOf({ view, wanted, summary, hasWork, dispatcherRuns }: RestFacts): Rest | null {
  const rest = (ok: boolean, reason: string): Rest => ({ id: view.id, badge: summary.badge, ok, reason });
  const { status, alive } = view;
  const [question] = summary.waiting;
  if (summary.state === "closed") return rest(true, "closed");
  if (wanted?.failed !== undefined) return rest(false, wanted.failed);
  if (question) return rest(false, `asks: ${question.text}`);

  const neverRan = status === null && view.spec?.task !== undefined;
  const isUnfinished = hasWork || neverRan || status?.turn?.state === "running" || status?.agent === "starting";
  if (isUnfinished) {
    if (alive) return null;
    if (wanted?.wanted === "stopped") return rest(false, "stopped with work left");
    return dispatcherRuns ? null : rest(false, "has work left, no process, and no dispatcher that would start one");
  }
  const { stopReason: reason, failure } = status?.turn ?? {};
  const why = failure === undefined ? reason : `${reason}: ${failureWords(failure)}`;
  return rest(reason === undefined || reason === "end_turn", why ?? "nothing to do");
}
