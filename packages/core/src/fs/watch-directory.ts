import { watch } from "node:fs";

/** Calls `onHint` with a name that may have changed, or null. Never the truth: events get lost without a word. Returns how to stop. */
export type Watch = (path: string, on: { hint(name: string | null): void; error(error: unknown): void }) => () => void;

/** The watcher of the system. Running out of instances, or a directory that goes, is an `error` and the end of the hints. */
export const watchDirectory: Watch = (path, on) => {
  let stopped = false;
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => on.hint(name));
    const stop = () => {
      stopped = true;
      watcher.close();
    };
    watcher.on("error", (error) => {
      if (stopped) return;
      stop();
      on.error(error);
    });
    return stop;
  } catch (error) {
    on.error(error);
    return () => {};
  }
};
