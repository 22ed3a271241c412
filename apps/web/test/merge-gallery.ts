import type { MergeItem } from "../src/lib/shapes.ts";
import { mergeItem } from "./merge-item.ts";

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
const none = { modified: 0, untracked: 0 };
const shop = "/home/mira/projects/storefront";
const problem = (code: string, message: string, rest: { hint?: string; details?: Record<string, unknown> } = {}) => ({
  code,
  kind: "conflict",
  message,
  hint: "",
  details: {},
  ...rest,
});
const oid = (start: string) => `${start}${"0123456789abcdef".repeat(3)}`.slice(0, 40);

/** A merge of every kind, as a busy day would have them. */
export function mergeGallery(): MergeItem[] {
  const ended = (facts: Partial<MergeItem>, seconds: number) =>
    mergeItem({ state: "ended", createdAt: ago(seconds + 60), updatedAt: ago(seconds), ...facts });
  return [
    mergeItem({
      id: "needsyou01",
      order: 9,
      session: "k3f7ab2c4d",
      branch: "chore/ship-it",
      tip: oid("9f31c2"),
      into: "main",
      state: "needs approval",
      uncommitted: { modified: 1, untracked: 2 },
      createdAt: ago(95),
      findings: {
        digest: "0123456789abcdef",
        more: 3,
        list: [
          {
            kind: "workflow",
            path: ".github/workflows/ship.yml",
            commit: null,
            what: "runs in continuous integration",
          },
          { kind: "script", path: "package.json", commit: null, what: "the script postinstall is new" },
          { kind: "hidden text", path: "src/price.ts", commit: null, what: "a line has characters that reorder text" },
          {
            kind: "hidden text",
            path: null,
            commit: oid("77aa12"),
            what: "its message has characters that cannot be seen",
          },
        ],
      },
    }),
    mergeItem({
      id: "runs000001",
      order: 7,
      session: "a2cfeature",
      branch: "feature/search",
      tip: oid("a41b7e"),
      state: "running",
      step: "gate",
      createdAt: ago(140),
    }),
    mergeItem({
      id: "waits00001",
      order: 8,
      session: "w4rking222",
      branch: "feature/i18n",
      tip: oid("c0ffee"),
      how: "squash",
      createdAt: ago(120),
    }),
    mergeItem({
      id: "waits00002",
      order: 10,
      session: "idle444444",
      branch: "docs/readme",
      tip: oid("d0c5d0"),
      repository: "/home/mira/projects/harness",
      gitDirectory: "/home/mira/projects/harness/.git",
      how: "rebase",
      createdAt: ago(20),
    }),
    ended(
      {
        id: "merged0001",
        order: 5,
        session: "done666666",
        branch: "chore/license",
        tip: oid("b16b00"),
        outcome: "merged",
        gate: {
          id: "gate000002",
          command: ["sh", "-c", "npm ci && npm test"],
          commit: oid("5eed01"),
          merges: 1,
          passed: true,
          sandbox: "none",
          ended: "exit code 0",
          ms: 61_000,
          tail: "",
        },
        merge: {
          outcome: "merged",
          into: "main",
          commit: oid("5eed01"),
          tip: oid("b16b00"),
          branch: null,
          checkout: shop,
          uncommitted: none,
          line: "chore/license is merged into main (5eed010123).",
          take: null,
        },
      },
      400,
    ),
    ended(
      {
        id: "aside00001",
        order: 4,
        session: "limited333",
        branch: "chore/strict",
        tip: oid("57a1c7"),
        outcome: "waiting",
        merge: {
          outcome: "waiting",
          into: "main",
          commit: oid("5eed02"),
          tip: oid("57a1c7"),
          branch: "harness/limited333",
          checkout: null,
          uncommitted: none,
          line: `main is checked out in ${shop}, which has 2 changed files, so the merge waits on harness/limited333. Take it with: git -C ${shop} merge harness/limited333`,
          take: `git -C ${shop} merge harness/limited333`,
        },
      },
      900,
    ),
    ended(
      {
        id: "conflict01",
        order: 3,
        session: "mvw6dd2q7e",
        branch: "feature/webhooks",
        tip: oid("c0f11c"),
        outcome: "conflict",
        error: problem("merge-conflict", "feature/webhooks conflicts with main in 3 files. Nothing was changed.", {
          hint: "The session was told what it conflicts with. Merge again when it has resolved it.",
          details: { files: ["src/payments/queue.ts", "src/payments/webhooks.ts", "src/payments/\u202Etxt.ts"] },
        }),
      },
      1800,
    ),
    ended(
      {
        id: "red0000001",
        order: 2,
        session: "7qplost3ab",
        branch: "feature/faster",
        tip: oid("badbad"),
        outcome: "gate failed",
        gate: {
          id: "gate000001",
          command: ["sh", "-c", "npm ci && npm test"],
          commit: oid("5eed03"),
          merges: 1,
          passed: false,
          sandbox: "bubblewrap",
          ended: "exit code 1",
          ms: 48_000,
          tail: [
            " ❯ src/cart/total.test.ts (12 tests | 1 failed) 84ms",
            "   ✗ adds the tax once",
            "     AssertionError: expected 23.8 to be 22.61",
            "",
            " Test Files  1 failed | 41 passed (42)",
          ].join("\n"),
        },
        error: problem("gate-failed", "red", { details: { isTargetRed: false } }),
      },
      4000,
    ),
    ended(
      {
        id: "cancelled1",
        order: 1,
        session: "done666666",
        branch: "chore/license",
        tip: oid("0ld0ld".replaceAll("l", "1")),
        outcome: "cancelled",
        error: problem("merge-cancelled", "The merge of 01d01d was replaced by a newer one of session done666666."),
      },
      9000,
    ),
  ];
}
