import { existsSync, mkdirSync, watch } from "node:fs";
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
import { serveSession, tolerate, type AnswerSession, type ServedSession } from "./serve-session.ts";
import { createTurnstile } from "./turnstile.ts";
import { parseUpstream } from "./upstream.ts";

const SCAN_MS = 1_000;
/** Grants go with every agent process that ends or is parked: a worker that went with the last would be started over and over. */
const IDLE_MS = 60_000;

/** What a worker stands before, and how it answers for it. */
interface Standing {
  readonly answer: AnswerSession;
  isBusy(): boolean;
  settle(): Promise<void>;
}

export interface Worker {
  /** Ends all calls, and resolves when nothing is under way that would be lost with this process. */
  leave(): Promise<void>;
}

/**
 * Serves every session that has a grant, and ends what it does for one whose grant is taken away, streams included.
 * `onNeedless` is called when the worker's own place is gone, or nobody has had a grant for a while.
 */
export async function serveWorker(start: WorkerStart | GitWorkerStart, onNeedless: () => void): Promise<Worker> {
  const grants = join(start.directory, "grants");
  mkdirSync(grants, { recursive: true, mode: 0o700 });
  const standing = start.wire === "git" ? await openGit(start) : await openProvider(start);
  const served = new Map<string, ServedSession>();
  const { idleMs = IDLE_MS } = start;
  let neededAt = performance.now();
  let isLeaving = false;

  function follow(): void {
    if (isLeaving) return;
    const sessions = listGrants(start.directory);
    // A directory that is there and cannot be read is one of a process that is out of descriptors.
    if (sessions === null) return existsSync(grants) ? undefined : onNeedless();
    if (sessions.length > 0 || standing.isBusy()) neededAt = performance.now();
    else if (performance.now() - neededAt >= idleMs) return onNeedless();
    for (const [session, { look, isOpen, close }] of served) {
      if (sessions.includes(session) && isOpen()) {
        tolerate(look);
        continue;
      }
      served.delete(session);
      close();
    }
    for (const session of sessions)
      if (!served.has(session)) tolerate(() => served.set(session, serveSession(start, session, standing.answer)));
  }
  follow();
  hearChanges(grants, follow);
  setInterval(follow, Math.min(SCAN_MS, idleMs));
  return {
    leave() {
      isLeaving = true;
      for (const { close } of served.values()) close();
      return standing.settle();
    },
  };
}

/** A hint; the scan is what counts, also where the system has no watch left to give. */
function hearChanges(directory: string, onChange: () => void): void {
  try {
    watch(directory, onChange).on("error", () => {});
  } catch {
    // Told of nothing, a scan finds it.
  }
}

function keyOf({ provider, secret, login }: WorkerStart): ProviderKey {
  if (login === undefined || secret === null) return fixedKey(secret);
  // What the worker prints is its log.
  const log = (text: string) => console.log(`${new Date().toISOString()} ${provider}: ${text}`);
  return renewedKey({ provider, path: login, key: secret, log });
}

async function openGit(start: GitWorkerStart): Promise<Standing> {
  const service = await openGitService(start);
  const answer: AnswerSession = (session, exchange) => answerGit(service, session, exchange);
  return { answer, isBusy: () => false, settle: async () => {} };
}

async function openProvider(start: WorkerStart): Promise<Standing> {
  const upstream = parseUpstream(start.baseUrl);
  const key = keyOf(start);
  const service: Service = {
    start,
    upstream,
    request: await loadRequest(upstream),
    ledger: openLedger(start.directory),
    turnstile: createTurnstile({ limits: start.limits ?? {}, sessions: () => listGrants(start.directory) ?? [] }),
    key,
  };
  const answer: AnswerSession = (session, exchange) => answerCall(service, session, exchange);
  return { answer, isBusy: key.isBusy, settle: key.settle };
}
