import type { WorkerLimits } from "./protocol.ts";

const MINUTE_MS = 60_000;

export interface Turnstile {
  /** Resolves when it is this session's turn, with what gives the place back; null when `signal` came first. */
  enter(session: string, signal: AbortSignal): Promise<(() => void) | null>;
}

/**
 * Shares a limit among sessions: each has a line of its own, and the next place goes to the session that was served
 * longest ago, however many calls another one has waiting.
 */
export function createTurnstile(limits: WorkerLimits, now: () => number = () => performance.now()): Turnstile {
  const { concurrent = Number.POSITIVE_INFINITY, requestsPerMinute } = limits;
  const lines = new Map<string, (() => void)[]>();
  const servedAt = new Map<string, number>();
  const begun: number[] = [];
  let inside = 0;
  let served = 0;
  let timer: NodeJS.Timeout | null = null;

  function roomInMs(): number {
    if (requestsPerMinute === undefined) return 0;
    while (begun.length > 0 && now() - begun[0]! >= MINUTE_MS) begun.shift();
    return begun.length < requestsPerMinute ? 0 : MINUTE_MS - (now() - begun[0]!);
  }

  function letIn(): void {
    while (inside < concurrent && lines.size > 0) {
      const waitMs = roomInMs();
      if (waitMs > 0) {
        timer ??= setTimeout(() => {
          timer = null;
          letIn();
        }, waitMs).unref();
        return;
      }
      const [session] = [...lines.keys()].toSorted((a, b) => (servedAt.get(a) ?? 0) - (servedAt.get(b) ?? 0));
      const line = lines.get(session!)!;
      const next = line.shift()!;
      if (line.length === 0) lines.delete(session!);
      inside += 1;
      served += 1;
      servedAt.set(session!, served);
      if (requestsPerMinute !== undefined) begun.push(now());
      next();
    }
  }

  return {
    enter: (session, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(null);
        let left = false;
        const leave = () => {
          if (left) return;
          left = true;
          inside -= 1;
          letIn();
        };
        const giveUp = () => {
          const line = lines.get(session)?.filter((one) => one !== step) ?? [];
          if (line.length > 0) lines.set(session, line);
          else lines.delete(session);
          resolve(null);
        };
        const step = () => {
          signal.removeEventListener("abort", giveUp);
          resolve(leave);
        };
        signal.addEventListener("abort", giveUp, { once: true });
        lines.set(session, [...(lines.get(session) ?? []), step]);
        letIn();
      }),
  };
}
