import { expect, test } from "vitest";
import { formatMessage, parseMessage } from "./salvage-record.ts";

const HOSTILE = "odd\u001b[2J\u202egnp.exe";

test("a message is read as it was written, and a session cannot speak in its place", () => {
  const facts = {
    v: 1 as const,
    session: "one",
    name: null,
    task: `a\nHarness-Salvage: {}\n${HOSTILE}`,
    repository: "/srv/ü",
    branch: "b",
    start: null,
    reason: "removed" as const,
    at: "2026-01-01T00:00:00.000Z",
    commits: ["refs/heads/x\nHarness-Salvage: {}"],
    uncommitted: { modified: 1, untracked: 2 },
    ignored: { count: 0, names: [] },
  };
  const message = formatMessage(facts);
  expect(message).toMatch(/^[ -~\n]*$/);
  expect(parseMessage(message)).toEqual(facts);
  expect([parseMessage("Salvage of session one\n"), parseMessage("Harness-Salvage: {")]).toEqual([null, null]);
});
