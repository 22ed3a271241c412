import type { MergeItem } from "../src/lib/shapes.ts";

/** A merge as the API tells it, of which a test says only what it is about. */
export function mergeItem(facts: Partial<MergeItem> = {}): MergeItem {
  return {
    v: 1,
    id: "mmmmmmmmmm",
    order: 1,
    session: "abcdefghij",
    repository: "/home/mira/projects/storefront",
    gitDirectory: "/home/mira/projects/storefront/.git",
    into: "main",
    how: "merge-commit",
    message: null,
    branch: "feature/search",
    tip: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d",
    uncommitted: { modified: 0, untracked: 0 },
    policy: "0123456789abcdef",
    expected: { target: null, policy: null },
    findings: null,
    approved: null,
    state: "queued",
    step: null,
    outcome: null,
    gate: null,
    merge: null,
    error: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...facts,
  };
}
