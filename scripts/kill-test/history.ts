import type { SessionPaths } from "@harness/core";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { History } from "./invariants.ts";

/** The name of the file in which the coding agent of this test writes down every prompt it is given. */
export const LEDGER = "ledger.txt";

const messageId = (name: string) => /^(m-\d+-\d+)(?:\.a\d+)?(?:\.started)?\.msg$/.exec(name)?.[1];

/** Reads what is left of a session. Plain reads: the test does not trust the code it tests. */
export function readHistory(paths: SessionPaths, session: string, accepted: readonly string[]): History {
  const ids = (directory: string) =>
    existsSync(directory) ? readdirSync(directory).flatMap((name) => messageId(name) ?? []) : [];
  const ledger = join(paths.work, LEDGER);
  return {
    session,
    accepted,
    waiting: ids(paths.inbox.path),
    claimed: ids(paths.inbox.claimed),
    done: ids(paths.inbox.done),
    bad: ids(paths.inbox.bad),
    replies: readReplies(paths.outbox.path),
    prompted: existsSync(ledger) ? readFileSync(ledger, "utf8").split("\n").filter(Boolean) : [],
  };
}

function readReplies(outbox: string): History["replies"] {
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .filter((name) => name.endsWith(".msg"))
    .map(
      (name) => JSON.parse(readFileSync(join(outbox, name), "utf8")) as { id: string; kind: string; replyTo?: string },
    )
    .filter(({ kind }) => kind === "reply")
    .map(({ id, replyTo }) => ({ id, replyTo }));
}
