import type { ApiEvent, Badge, SessionSummary } from "../../lib/shapes.ts";

/** Every badge, in the order in which it wants a person's eye. */
export const BADGES = ["needs you", "failed", "lost", "rate limited", "working", "idle", "parked", "done"] as const;

/** What is known of the sessions. `revision` counts events, so that a list asked for earlier does not undo what came since. */
export interface SessionList {
  readonly isKnown: boolean;
  readonly revision: number;
  readonly sessions: ReadonlyMap<string, SessionSummary>;
  readonly changedIn: ReadonlyMap<string, number>;
}

export type ListAction =
  | ApiEvent
  /** The answer to a request that was sent when the list was at `since`. */
  | { type: "listed"; sessions: readonly SessionSummary[]; since: number };

export const NO_SESSIONS: SessionList = { isKnown: false, revision: 0, sessions: new Map(), changedIn: new Map() };

export function applyToList(list: SessionList, action: ListAction): SessionList {
  switch (action.type) {
    case "session.changed":
      return changed(list, action.session.id, action.session);
    case "session.removed":
      return changed(list, action.session, undefined);
    case "listed":
      return listed(list, action.sessions, action.since);
    case "merge.changed":
    case "salvage.changed":
    case "message.reported":
    // What the page shows of a collision stands in the sessions it concerns.
    case "collision.appeared":
    case "collision.gone":
      return list;
  }
}

function changed(list: SessionList, id: string, session: SessionSummary | undefined): SessionList {
  const revision = list.revision + 1;
  const sessions = new Map(list.sessions);
  if (session === undefined) sessions.delete(id);
  else sessions.set(id, session);
  return { ...list, revision, sessions, changedIn: new Map(list.changedIn).set(id, revision) };
}

function listed(list: SessionList, answer: readonly SessionSummary[], since: number): SessionList {
  const isNewer = (id: string) => (list.changedIn.get(id) ?? 0) > since;
  const sessions = new Map(answer.filter(({ id }) => !isNewer(id)).map((session) => [session.id, session]));
  for (const [id, session] of list.sessions) if (isNewer(id)) sessions.set(id, session);
  const changedIn = new Map([...list.changedIn].filter(([id]) => isNewer(id)));
  return { isKnown: true, revision: list.revision, sessions, changedIn };
}

export interface SessionGroup {
  readonly title: string;
  readonly badges: readonly Badge[];
  readonly sessions: readonly SessionSummary[];
}

const GROUPS: readonly Omit<SessionGroup, "sessions">[] = [
  { title: "Needs you", badges: ["needs you", "failed", "lost"] },
  { title: "Under way", badges: ["working", "rate limited"] },
  { title: "At rest", badges: ["idle", "parked"] },
  { title: "Done", badges: ["done"] },
];

/** The sessions in groups, what needs the person first; within a group by badge, then newest first. Empty groups are left out. */
export function groupSessions(sessions: Iterable<SessionSummary>, only?: Badge): SessionGroup[] {
  const chosen = [...sessions].filter(({ badge }) => only === undefined || knownBadge(badge) === only);
  return GROUPS.map((group) => ({
    ...group,
    sessions: chosen.filter(({ badge }) => group.badges.includes(knownBadge(badge))).toSorted(byNeed),
  })).filter((group) => group.sessions.length > 0);
}

function byNeed(a: SessionSummary, b: SessionSummary): number {
  const byBadge = BADGES.indexOf(knownBadge(a.badge)) - BADGES.indexOf(knownBadge(b.badge));
  return byBadge || (b.createdAt ?? "").localeCompare(a.createdAt ?? "") || a.id.localeCompare(b.id);
}

export function countBadges(sessions: Iterable<SessionSummary>): { badge: Badge; count: number }[] {
  const counts = new Map<Badge, number>();
  for (const session of sessions) {
    const badge = knownBadge(session.badge);
    counts.set(badge, (counts.get(badge) ?? 0) + 1);
  }
  return BADGES.map((badge) => ({ badge, count: counts.get(badge) ?? 0 })).filter(({ count }) => count > 0);
}

/** A dispatcher newer than this page may know a badge that the page does not: it is shown as lost, never left out. */
export function knownBadge(badge: string): Badge {
  return BADGES.find((known) => known === badge) ?? "lost";
}
