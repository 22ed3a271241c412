import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { systemCode } from "@harness/core";
import type { FSWatcher } from "chokidar";
import type { Log } from "../log.ts";
import type { Track } from "./tracks.ts";
import { createFileWatch, type FileWatch } from "./watch-file.ts";

/** Watchers only shorten the wait for the next scan: losing all of them costs latency, never a message. */
export interface Hints {
  /** Contract: may be called again at any time; watches what is there by then. */
  watch(track: Track): void;
  forget(track: Track): void;
  problem(): string | null;
  close(): Promise<void>;
}

interface Watched {
  boxes: readonly string[];
  status: FileWatch;
}

/** Calls `onHint` with the id of a session when its status, its outbox, or the inbox of one without a process changes. */
export async function openHints(log: Log, onHint: (id: string) => void): Promise<Hints> {
  const { watch } = await import("chokidar");
  const watched = new Map<string, Watched>();
  let problem: string | null = null;
  const fail = (error: unknown) => {
    if (problem !== null || systemCode(error) === "ENOENT") return;
    problem = "No file watcher could be had: changes are seen by scans every 2 s.";
    log.warn("file watching failed, scans go on", { error });
  };

  // Only names directly inside: what lies in dot directories, or deeper, is nobody's message.
  const watcher: FSWatcher = watch([], {
    ignoreInitial: true,
    depth: 0,
    followSymlinks: false,
    atomic: false,
    ignored: (path) => basename(path).startsWith("."),
  });
  watcher.on("all", (_event, path) => onHint(sessionOf(path)));
  watcher.on("error", fail);

  const open = (id: string): Watched => {
    const known = watched.get(id);
    if (known) return known;
    const fresh = { boxes: [], status: createFileWatch(() => onHint(id), fail) };
    watched.set(id, fresh);
    return fresh;
  };
  const watchBoxes = (entry: Watched, wish: readonly string[]) => {
    const added = wish.filter((path) => !entry.boxes.includes(path) && existsSync(path));
    const removed = entry.boxes.filter((path) => !wish.includes(path));
    if (added.length > 0) watcher.add(added);
    if (removed.length > 0) watcher.unwatch(removed);
    if (added.length + removed.length > 0)
      entry.boxes = [...wish.filter((path) => entry.boxes.includes(path)), ...added];
  };
  return {
    watch: ({ id, paths, process: living }) => {
      const entry = open(id);
      watchBoxes(entry, living === null ? [paths.outbox.path, paths.inbox.path] : [paths.outbox.path]);
      entry.status.arm(paths.status);
    },
    forget: ({ id }) => {
      const entry = watched.get(id);
      if (entry === undefined) return;
      watchBoxes(entry, []);
      entry.status.close();
      watched.delete(id);
    },
    problem: () => problem,
    close: async () => {
      for (const { status } of watched.values()) status.close();
      watched.clear();
      await watcher.close();
    },
  };
}

// …/sessions/<id>/outbox or …/sessions/<id>/outbox/<message>.msg
function sessionOf(path: string): string {
  const isBox = ["outbox", "inbox"].includes(basename(path));
  return basename(isBox ? dirname(path) : dirname(dirname(path)));
}
