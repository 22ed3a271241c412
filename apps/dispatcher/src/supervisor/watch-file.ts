import { watch, type FSWatcher } from "node:fs";

/** Watches one file that is replaced now and then. Contract: once it changed, nothing more is told until it is watched again. */
export interface FileWatch {
  arm(path: string): void;
  close(): void;
}

/** Watching the folder, as chokidar does, would also tell every heartbeat of the lock beside the file. */
export function createFileWatch(onChange: () => void, onError: (error: unknown) => void): FileWatch {
  let watcher: FSWatcher | null = null;
  const close = () => {
    watcher?.close();
    watcher = null;
  };
  return {
    arm: (path) => {
      if (watcher !== null) return;
      try {
        watcher = watch(path, () => {
          close();
          onChange();
        });
        watcher.on("error", onError);
      } catch (error) {
        onError(error);
      }
    },
    close,
  };
}
