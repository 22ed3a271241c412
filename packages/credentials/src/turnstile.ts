import type { WorkerLimits } from "./protocol.ts";
import { nextSession } from "./share-places.ts";

const MINUTE_MS = 60_000;
/** A place that is kept for a session is free again when that session is gone, and nobody says so. */
const LOOK_MS = 1_000;

/** What a call has when its turn has come. Only the first word of the two counts. */
export interface Place {
  /** The call is over. */
  leave(): void;
  /** Nothing was asked of the provider: it does not count among the requests of this minute either. */
  giveBack(): void;
}

export interface Turnstile {
  /** Resolves when it is this session's turn; null when `signal` came first. */
  enter(session: string, signal: AbortSignal): Promise<Place | null>;
}

export interface TurnstileOptions {
  readonly limits: WorkerLimits;
  /** All that may call: a place is kept for each of them. */
  sessions?(): readonly string[];
  now?(): number;
}

/**
 * Shares a limit among sessions: each has a line of its own, and the next place goes to the session that was served
 * longest ago, however many calls another one has waiting, or under way.
 */
export function createTurnstile({
  limits,
  sessions = () => [],
  now = () => performance.now(),
}: TurnstileOptions): Turnstile {
  const { concurrent = Number.POSITIVE_INFINITY, requestsPerMinute } = limits;
  const lines = new Map<string, (() => void)[]>();
  const held = new Map<string, number>();
  const servedAt = new Map<string, number>();
  let begun: { readonly atMs: number }[] = [];
  let served = 0;
  let timer: NodeJS.Timeout | null = null;

  function roomInMs(): number {
    if (requestsPerMinute === undefined) return 0;
    begun = begun.filter(({ atMs }) => now() - atMs < MINUTE_MS);
    return begun.length < requestsPerMinute ? 0 : MINUTE_MS - (now() - begun[0]!.atMs);
  }

  function lookIn(waitMs: number): void {
    timer ??= setTimeout(() => {
      timer = null;
      letIn();
    }, waitMs).unref();
  }

  function letIn(): void {
    while (lines.size > 0) {
      const waitMs = roomInMs();
      if (waitMs > 0) return lookIn(waitMs);
      const known = concurrent === Number.POSITIVE_INFINITY ? [] : sessions();
      const session = nextSession({ concurrent, held, servedAt, sessions: known }, [...lines.keys()]);
      if (session === null) return lookIn(LOOK_MS);
      const line = lines.get(session)!;
      const next = line.shift()!;
      if (line.length === 0) lines.delete(session);
      served += 1;
      servedAt.set(session, served);
      next();
    }
  }

  function take(session: string): Place {
    const beginning = { atMs: now() };
    if (requestsPerMinute !== undefined) begun.push(beginning);
    held.set(session, (held.get(session) ?? 0) + 1);
    let isOver = false;
    const end = (isUsed: boolean) => {
      if (isOver) return;
      isOver = true;
      if (!isUsed) begun = begun.filter((one) => one !== beginning);
      const left = (held.get(session) ?? 1) - 1;
      if (left > 0) held.set(session, left);
      else held.delete(session);
      letIn();
    };
    return { leave: () => end(true), giveBack: () => end(false) };
  }

  return {
    enter: (session, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(null);
        const giveUp = () => {
          const line = lines.get(session)?.filter((one) => one !== step) ?? [];
          if (line.length > 0) lines.set(session, line);
          else lines.delete(session);
          resolve(null);
        };
        const step = () => {
          signal.removeEventListener("abort", giveUp);
          resolve(take(session));
        };
        signal.addEventListener("abort", giveUp, { once: true });
        lines.set(session, [...(lines.get(session) ?? []), step]);
        letIn();
      }),
  };
}
