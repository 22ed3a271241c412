import { openStream, type Connection, type Listener, type Stream } from "./stream.ts";

type Note =
  | { type: "event"; event: unknown }
  | { type: "connection"; connection: Connection }
  | { type: "joined" }
  | { type: "retry" };

/**
 * One stream for all tabs. A browser opens six connections to a server at most, so a stream a tab would silence the
 * seventh. The tab that holds the lock listens and tells the others; when it goes, the browser hands the lock on.
 */
export function openSharedStream(url: string, listener: Listener): Stream {
  if (!("locks" in navigator) || !("BroadcastChannel" in window)) return openStream(url, listener);

  // A tab that an older page left open hears fewer events: it leads its own kind.
  const name = `harness ${url} ${listener.events.join(" ")}`;
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  let connection: Connection = "connecting";
  let own: Stream | undefined;

  const tell = (note: Note) => channel.postMessage(note);
  const announce = () => tell({ type: "connection", connection });

  channel.addEventListener("message", ({ data: note }: MessageEvent<Note>) => {
    if (own === undefined) {
      if (note.type === "event") listener.onEvent(note.event);
      if (note.type === "connection") listener.onConnection(note.connection);
    } else {
      if (note.type === "joined") announce();
      if (note.type === "retry") own.retry();
    }
  });

  const lead = () => {
    own = openStream(url, {
      events: listener.events,
      onEvent: (event) => {
        listener.onEvent(event);
        tell({ type: "event", event });
      },
      onConnection: (next) => {
        connection = next;
        listener.onConnection(next);
        announce();
      },
    });
    return new Promise<void>((resolve) => leaving.signal.addEventListener("abort", () => resolve()));
  };
  // Rejects when this tab leaves before its turn has come.
  navigator.locks.request(name, { signal: leaving.signal }, lead).catch(() => undefined);
  tell({ type: "joined" });

  return {
    retry: () => (own === undefined ? tell({ type: "retry" }) : own.retry()),
    close: () => {
      leaving.abort();
      own?.close();
      channel.close();
    },
  };
}
