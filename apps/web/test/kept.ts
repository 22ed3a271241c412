import type { ToldSalvage } from "../src/lib/shapes.ts";

/** What is kept of a session as the API tells it, of which a test says only what it is about. */
export function kept(facts: Partial<ToldSalvage> = {}): ToldSalvage {
  return {
    v: 1,
    session: "abcdefghij",
    name: null,
    task: null,
    repository: "/home/mira/projects/storefront",
    branch: null,
    start: null,
    reason: "removed",
    at: "2026-01-01T00:00:00.000Z",
    commits: [],
    uncommitted: { modified: 0, untracked: 0 },
    ignored: { count: 0, names: [] },
    hub: "/home/mira/.harness/hub/storefront-1a2b.git",
    ref: "refs/harness/salvage/abcdefghij",
    commit: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d",
    patch: null,
    moved: [],
    bytes: 0,
    problem: null,
    expiresAt: null,
    trash: null,
    ...facts,
  };
}
