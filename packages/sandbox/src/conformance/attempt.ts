import type { Targets } from "./targets.ts";

/** What an attempt has to go by, and may use, where it is made. */
export interface Inside {
  readonly targets: Targets;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** `unseen`: made, and what came of it shows outside alone. */
export type Verdict = "held" | "escaped" | "not tried";
export interface Seen {
  readonly verdict: Verdict | "unseen";
  readonly seen: string;
}

/** What whoever set the stage can tell once all attempts were made. */
export interface Outside {
  readonly targets: Targets;
  /** What reached the servers of the stage, a line each. */
  readonly received: readonly string[];
  /** How many processes of the attempts are left. */
  left(): number;
}

/** Something that a hostile program tries from inside a session. It does no harm to the machine where nothing stops it. */
export interface Attempt {
  /** Permanent kebab name. */
  readonly id: string;
  /** Of the attack matrix; empty for a control, which has to work: a session in which nothing works proves nothing. */
  readonly rows: readonly string[];
  readonly title: string;
  readonly expected: string;
  /** `session`: what it is aimed at stands around a whole session, and not around a sandbox alone. */
  readonly needs?: "session";
  attempt(inside: Inside): Seen | Promise<Seen>;
  /** What arrived outside, which then decides; null where nothing did. */
  witness?(outside: Outside): string | null;
}

export const held = (seen: string): Seen => ({ verdict: "held", seen });
export const escaped = (seen: string): Seen => ({ verdict: "escaped", seen });
export const untried = (seen: string): Seen => ({ verdict: "not tried", seen });
export const unseen = (seen: string): Seen => ({ verdict: "unseen", seen });

/** Of several ways each that led through; otherwise what stopped them, counted. */
export function judgeWays(
  ways: readonly { readonly way: string; readonly through: boolean; readonly seen: string }[],
): Seen {
  const open = ways.filter(({ through }) => through);
  if (open.length > 0) return escaped(open.map(({ way, seen }) => `${way}: ${seen}`).join("; "));
  const counts = new Map<string, number>();
  for (const { seen } of ways) counts.set(seen, (counts.get(seen) ?? 0) + 1);
  return held([...counts].map(([seen, count]) => (count > 1 ? `${seen} (${count} times)` : seen)).join(", "));
}

export function errorCode(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}
