import { watch } from "node:fs";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answerCall, type Service } from "./answer-call.ts";
import { loadRequest } from "./forward-call.ts";
import { answerGit } from "./git/answer-git.ts";
import { openGitService } from "./git/git-worker.ts";
import { listGrants } from "./grants.ts";
import { openLedger } from "./ledger.ts";
import type { GitWorkerStart, WorkerStart } from "./protocol.ts";
import { secretForms } from "./secret-forms.ts";
import { serveSession, type AnswerSession } from "./serve-session.ts";
import { createTurnstile } from "./turnstile.ts";
import { parseUpstream } from "./upstream.ts";

const SCAN_MS = 1_000;

/**
 * Serves every session that has a grant, and ends what it does for one whose grant is taken away, streams included.
 * `onLost` is called when the worker's own place is gone.
 */
export async function serveWorker(start: WorkerStart | GitWorkerStart, onLost: () => void): Promise<void> {
  const grants = join(start.directory, "grants");
  mkdirSync(grants, { recursive: true, mode: 0o700 });
  const answer = start.wire === "git" ? await openGit(start) : await openProvider(start);
  const served = new Map<string, { close(): void }>();

  function follow(): void {
    const sessions = listGrants(start.directory);
    if (sessions === null) return onLost();
    for (const [session, { close }] of served) {
      if (sessions.includes(session)) continue;
      served.delete(session);
      close();
    }
    for (const session of sessions) if (!served.has(session)) served.set(session, serveSession(start, session, answer));
  }
  follow();
  // A hint; the scan is what counts.
  watch(grants, follow).on("error", () => {});
  setInterval(follow, SCAN_MS);
}

async function openGit(start: GitWorkerStart): Promise<AnswerSession> {
  const service = await openGitService(start);
  return (session, exchange) => answerGit(service, session, exchange);
}

async function openProvider(start: WorkerStart): Promise<AnswerSession> {
  const upstream = parseUpstream(start.baseUrl);
  const service: Service = {
    start,
    upstream,
    request: await loadRequest(upstream),
    ledger: openLedger(start.directory),
    turnstile: createTurnstile(start.limits ?? {}),
    forms: start.secret === null ? [] : secretForms(start.secret),
  };
  return (session, exchange) => answerCall(service, session, exchange);
}
