import { createHash } from "node:crypto";
import { join, relative } from "node:path";
import type { SessionPaths } from "@harness/core";
import type { Actor } from "./actors.ts";
import { readIfThere } from "./copies.ts";

type Read = (actor: Actor, root: string) => string;

const place =
  (pick: (paths: SessionPaths) => string): Read =>
  ({ paths }, root) =>
    relative(root, pick(paths));

/** What a session has of its own: a name and how to read it. */
export const BELONGINGS: readonly [string, Read][] = [
  ["directory", place(({ directory }) => directory)],
  ["worktree", place(({ worktree }) => worktree)],
  ["home", place(({ home }) => home)],
  ["inbox", place(({ inbox }) => inbox.path)],
  ["outbox", place(({ outbox }) => outbox.path)],
  ["log", place(({ log }) => log)],
  ["branch", ({ role }) => role.branch],
  ["conversations", place(({ home }) => join(home, ".pi", "sessions"))],
  ["model spoken to by", ({ view }) => view.spec?.endpoint?.wire ?? "nothing"],
  ["process", processOf],
  ["token", ({ paths }) => `sha256 ${fingerprint(paths.token)}…`],
];

function processOf({ view }: Actor): string {
  const pid = view.status?.process.pid;
  return view.alive ? `pid ${pid}` : `none now (the last was pid ${pid})`;
}

function fingerprint(path: string): string {
  return createHash("sha256").update(readIfThere(path)).digest("hex").slice(0, 12);
}
