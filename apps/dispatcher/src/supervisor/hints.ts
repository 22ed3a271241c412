import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { FSWatcher } from "chokidar";
import type { Log } from "../log.ts";
import type { Track } from "./tracks.ts";

/** Watchers only shorten the wait for the next scan: losing all of them costs latency, never a message. */
export interface Hints {
  /** Contract: may be called again at any time; watches what is there by then. */
  watch(track: Track): void;
  forget(track: Track): void;
  problem(): string | null;
  close(): Promise<void>;
}

const EMPTY: readonly string[] = [];

/** Calls `onHint` with the id of a session when its status, its outbox, or the inbox of one without a process changes. */
export async function openHints(log: Log, onHint: (id: string) => void): Promise<Hints> {
  const { watch } = await import("chokidar");
  const watched = new Map<string, readonly string[]>();
  let problem: string | null = null;

  // Only names directly inside: what lies in dot directories, or deeper, is nobody's message.
  const watcher: FSWatcher = watch([], {
    ignoreInitial: true,
    depth: 0,
    followSymlinks: false,
    atomic: false,
    ignored: (path) => basename(path).startsWith("."),
  });
  watcher.on("all", (_event, path) => onHint(sessionOf(path)));
  watcher.on("error", (error) => {
    if (problem !== null) return;
    problem = "No file watcher could be had: changes are seen by scans every 2 s.";
    log.warn("file watching failed, scans go on", { error });
  });

  const update = (track: Track, wish: readonly string[]) => {
    const now = watched.get(track.id) ?? EMPTY;
    const added = wish.filter((path) => !now.includes(path) && existsSync(path));
    const removed = now.filter((path) => !wish.includes(path));
    if (added.length > 0) watcher.add(added);
    if (removed.length > 0) watcher.unwatch(removed);
    if (added.length + removed.length > 0)
      watched.set(track.id, [...now.filter((path) => wish.includes(path)), ...added]);
  };
  return {
    watch: (track) => {
      const { status, outbox, inbox } = track.paths;
      update(track, track.process === null ? [status, outbox.path, inbox.path] : [status, outbox.path]);
    },
    forget: (track) => {
      update(track, EMPTY);
      watched.delete(track.id);
    },
    problem: () => problem,
    close: () => watcher.close(),
  };
}

// …/sessions/<id>/status.json, …/sessions/<id>/outbox or …/sessions/<id>/outbox/<message>.msg
function sessionOf(path: string): string {
  const parent = dirname(path);
  const isBox = (name: string) => name === "outbox" || name === "inbox";
  if (isBox(basename(parent))) return basename(dirname(parent));
  return basename(parent);
}
