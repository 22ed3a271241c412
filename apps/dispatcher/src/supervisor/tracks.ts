import { lstatSync, type Stats } from "node:fs";
import {
  isSameProcess,
  lookLock,
  readSession,
  systemCode,
  type AgentProcess,
  type SessionPaths,
  type SessionView,
} from "@harness/core";
import type { Exit } from "./start-agent.ts";

/** What the dispatcher remembers of one session while it runs. All of it can be found again on disk. */
export interface Track {
  readonly id: string;
  readonly paths: SessionPaths;
  view: SessionView;
  /** What `view` was read from; another signature means that it has to be read again. */
  signature: string;
  /** The living agent process. */
  process: AgentProcess | null;
  /** When the lock last gave proof of life, and how many own scans ago. */
  beatMs: number;
  quietScans: number;
  /** How the living process will end, when it is a child of this dispatcher: the system tells it. */
  exited: Promise<Exit> | null;
  /** The system has told it. */
  hasExited: boolean;
  /** `held`: it is being removed, and nothing is started. */
  phase: "steady" | "starting" | "stopping" | "held";
  /** What was remembered of it has been compared with what is there. */
  adopted: boolean;
  ended: "stop" | "kill" | "hung" | null;
  /** Its living process was asked to end as soon as it is idle. */
  askedToPark: boolean;
  /** Monotonic time of the next start after a failure. */
  dueMs: number;
  /** Scans during which a message waited and no process was there. */
  mailScans: number;
  /** Since when it waits for a place; null when it does not. */
  waitsSinceMs: number | null;
  /** What goes on with it since the last step: a start, or the note that it waits. */
  going: Promise<void> | null;
  /** Gives up the start that is under way. */
  abort: AbortController;
  /** The summary that was last told, as JSON. */
  told: string;
  readonly rejected: Map<string, string>;
  /** What the log was last told about it that went wrong. */
  complaint: string;
  /** It is about to be tended. */
  tended: boolean;
  /** Its outbox is being read. */
  collecting: boolean;
}

export function newTrack(id: string, paths: SessionPaths): Track {
  const view = readSession(paths);
  const track: Track = {
    id,
    paths,
    view,
    signature: signatureOf(paths),
    process: null,
    beatMs: 0,
    quietScans: 0,
    exited: null,
    hasExited: false,
    phase: "steady",
    adopted: false,
    ended: null,
    askedToPark: false,
    dueMs: 0,
    mailScans: 0,
    waitsSinceMs: null,
    going: null,
    abort: new AbortController(),
    told: "",
    rejected: new Map(),
    complaint: "",
    tended: false,
    collecting: false,
  };
  track.process = livingProcess(track);
  return track;
}

/** Reads the session's files again if they changed. True when they did. */
export function refreshTrack(track: Track): boolean {
  if (signatureOf(track.paths) === track.signature) return false;
  lookAgain(track);
  return true;
}

/** Reads the session's files again in any case. */
export function lookAgain(track: Track): void {
  track.signature = signatureOf(track.paths);
  track.view = readSession(track.paths);
  // It may have been the machine that was short of something: what is damaged is read again and again.
  if (track.view.damaged.length > 0) track.signature = "";
  // A process that was started by hand shows itself in status.json.
  if (track.process === null) track.process = livingProcess(track);
}

/** Counts proofs of life. Called once per scan, so that time in which this process stood still counts for nobody. */
export function countBeat(track: Track): void {
  const beatMs = factsOf(track.paths.lock)?.mtimeMs ?? 0;
  track.quietScans = beatMs === track.beatMs && track.process !== null ? track.quietScans + 1 : 0;
  track.beatMs = beatMs;
}

/** Whether the known process still lives. Only a look: the lock is never taken. */
export function hasEnded(track: Track): boolean {
  const { process: known, exited, hasExited, quietScans, paths } = track;
  if (known === null) return false;
  // A lock that was touched since the last scan has a holder, unless that died since: of a child the system tells it.
  if (quietScans === 0 && (exited === null ? isThere(known.pid) : !hasExited)) return false;
  return lookLock(paths.lock, known) === "free" && !isSameProcess(known);
}

// The cheapest look there is. That somebody has the number proves nothing; that nobody has it proves the end.
function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}

function livingProcess({ view, paths }: Track): AgentProcess | null {
  const recorded = view.status?.process;
  return recorded !== undefined && lookLock(paths.lock, recorded) === "held" ? recorded : null;
}

// It is replaced by rename, so that inode, size and time tell every change. The other files change with it, or are read
// when somebody asks.
function signatureOf({ status }: SessionPaths): string {
  const stats = factsOf(status);
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeMs}` : "-";
}

// Whatever a session has put there, it never hides the others: reading it says what is wrong with it.
function factsOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}
