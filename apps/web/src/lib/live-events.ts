import { EVENTS_URL } from "./api.ts";
import type { ApiEvent } from "./shapes.ts";
import { openSharedStream } from "./shared-stream.ts";
import { createStore, useStore } from "./store.ts";
import type { Connection, Stream } from "./stream.ts";

export interface Follower {
  onEvent(event: ApiEvent): void;
  /** The stream came or broke off: what was missed leaves no event. */
  onConnection(): void;
}

const connection = createStore<Connection>("connecting");
const followers = new Set<Follower>();
let stream: Stream | undefined;

/** Hears every change until the tab goes, over one stream, however many follow. True for a follower that is new. */
export function followEvents(follower: Follower): boolean {
  const isNew = !followers.has(follower);
  followers.add(follower);
  if (stream === undefined) open();
  else stream.retry();
  return isNew;
}

function open(): void {
  stream = openSharedStream(EVENTS_URL, {
    events: ["session.changed", "session.removed", "merge.changed", "salvage.changed"],
    onEvent: (event) => followers.forEach(({ onEvent }) => onEvent(event as ApiEvent)),
    onConnection: (next) => {
      connection.set(next);
      for (const { onConnection } of followers) onConnection();
    },
  });
  const retry = () => document.visibilityState === "visible" && stream?.retry();
  document.addEventListener("visibilitychange", retry);
  window.addEventListener("online", retry);
}

export const useConnection = () => useStore<Connection>(connection, "connecting");
