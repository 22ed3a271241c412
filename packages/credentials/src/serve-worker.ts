import { mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { answerCall, type Service } from "./answer-call.ts";
import { loadRequest } from "./forward-call.ts";
import { answerGit } from "./git/answer-git.ts";
import { openGitService } from "./git/git-worker.ts";
import { listGrants } from "./grants.ts";
import { openLedger } from "./ledger.ts";
import { renewedKey } from "./oauth/renewed-key.ts";
import type { GitWorkerStart, WorkerStart } from "./protocol.ts";
import { fixedKey, type ProviderKey } from "./provider-key.ts";
import { serveSession, type AnswerSession } from "./serve-session.ts";
import { createTurnstile } from "./turnstile.ts";
import { parseUpstream } from "./upstream.ts";

const SCAN_MS = 1_000;
/** Grants go with every agent process that ends or is parked: a worker that went with the last would be started over and over. */
const IDLE_MS = 60_000;

/**
 * Serves every session that has a grant, and ends what it does for one whose grant is taken away, streams included.
 * `onNeedless` is called when the worker's own place is gone, or nobody has had a grant for a while.
 */
export async function serveWorker(start: WorkerStart | GitWorkerStart, onNeedless: () => void): Promise<void> {
  const grants = join(start.directory, "grants");
  mkdirSync(grants, { recursive: true, mode: 0o700 });
  const answer = start.wire === "git" ? await openGit(start) : await openProvider(start);
  const served = new Map<string, { close(): void }>();
  const { idleMs = IDLE_MS } = start;
  let neededAt = performance.now();

  function follow(): void {
    const sessions = listGrants(start.directory);
    if (sessions === null) return onNeedless();
    if (sessions.length > 0) neededAt = performance.now();
    else if (performance.now() - neededAt >= idleMs) return onNeedless();
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
  setInterval(follow, Math.min(SCAN_MS, idleMs));
}

function keyOf({ provider, secret, login }: WorkerStart): ProviderKey {
  if (login === undefined || secret === null) return fixedKey(secret);
  // What the worker prints is its log.
  const log = (text: string) => console.log(`${new Date().toISOString()} ${provider}: ${text}`);
  return renewedKey({ provider, path: login, key: secret, log });
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
    key: keyOf(start),
  };
  return (session, exchange) => answerCall(service, session, exchange);
}
