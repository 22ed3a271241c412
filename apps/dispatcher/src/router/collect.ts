import { lstatSync } from "node:fs";
import {
  collectOutbox,
  derivedMessageId,
  isHarnessError,
  sendMessage,
  type Clock,
  type Outbound,
  type SessionPaths,
  type StateRoot,
} from "@harness/core";
import type { Log } from "../log.ts";
import { escapeLine } from "../worktrees/escape.ts";
import { openActed, type Acted } from "./acted.ts";
import { cutReport } from "./cut-report.ts";
import type { Feed } from "./feed.ts";

export interface CollectorParts {
  root: StateRoot;
  clock: Clock;
  log: Log;
  feed: Feed;
}

/** One session's outbox, as far as it was read. */
export interface Source {
  readonly id: string;
  readonly paths: SessionPaths;
  /** What was refused, for a person to see: shown name → reason. */
  readonly rejected: Map<string, string>;
}

export interface Collector {
  /** Contract: acts once on each new report, at most `cap` of them. True when more are left. Never throws for what a session wrote. */
  collect(source: Source): Promise<boolean>;
  forget(id: string): void;
}

interface Progress {
  acted: Acted;
  refused: Set<string>;
  /** The outbox as it was when it was last read to its end; any change gives another one. */
  changedMs: number;
}

// Each portion lists the whole outbox once, so a small one would make a flood cost its square.
const CAP = 1024;
const REJECTED_SHOWN = 100;
// Two changes within one tick of the file system's clock look like one.
const CLOCK_GRAIN_MS = 100;

/** Reads outboxes as hostile input, tells the feed what was reported, and answers requests. Removes nothing. */
export function createCollector(parts: CollectorParts): Collector {
  const sessions = new Map<string, Progress>();

  const open = ({ id, paths }: Source): Progress => {
    const known = sessions.get(id);
    if (known) return known;
    const progress = { acted: openActed(parts.root.runOf(id), paths.outbox), refused: new Set<string>(), changedMs: 0 };
    sessions.set(id, progress);
    return progress;
  };
  return {
    collect: async (source) => {
      const changedMs = lstatSync(source.paths.outbox.path, { throwIfNoEntry: false })?.ctimeMs;
      if (changedMs === undefined || changedMs === sessions.get(source.id)?.changedMs) return false;
      const progress = open(source);
      const more = await collectInto(parts, source, progress);
      const isSettled = !more && Math.abs(parts.clock.now() - changedMs) > CLOCK_GRAIN_MS;
      if (isSettled) progress.changedMs = changedMs;
      return more;
    },
    forget: (id) => void sessions.delete(id),
  };
}

async function collectInto(parts: CollectorParts, source: Source, { acted, refused }: Progress): Promise<boolean> {
  const isSeen = (id: string) => acted.has(id) || refused.has(`${id}.msg`);
  const { messages, rejected, more } = await readOutbox(source, isSeen);
  for (const message of messages) {
    await act(parts, source, message);
    acted.add(message.id);
  }
  for (const { name, reason } of rejected) {
    if (refused.has(name)) continue;
    refused.add(name);
    const shown = escapeLine(name);
    if (source.rejected.size < REJECTED_SHOWN) source.rejected.set(shown, escapeLine(reason));
    parts.log.warn("a file in an outbox was refused", { session: source.id, name: shown, reason });
  }
  return more;
}

async function readOutbox({ paths }: Source, isSeen: (id: string) => boolean): ReturnType<typeof collectOutbox> {
  try {
    return await collectOutbox(paths.outbox, isSeen, { cap: CAP });
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return { messages: [], rejected: [{ name: "outbox", reason: error.message }], more: false };
  }
}

async function act({ feed, log }: CollectorParts, source: Source, message: Outbound): Promise<void> {
  const report = cutReport(message);
  if (report !== null) feed.publish({ type: "message.reported", session: source.id, message: report });
  if (message.kind !== "spawn") return;
  // Nothing that a session says makes the dispatcher start, merge or send anything: what it may ask for is decided by a person.
  const denied = { to: message.id, ok: false, text: "This session may not start other sessions." };
  const id = derivedMessageId(source.id, message.id, 0);
  await sendMessage(source.paths, { kind: "result", body: denied, id, replyTo: message.id });
  log.info("a session asked for another one and was refused", { session: source.id, message: message.id });
}
