import type { ApiEvent } from "../sessions/schema.ts";

type Without<T> = T extends { id: number } ? Omit<T, "id"> : never;
export type ApiEventBody = Without<ApiEvent>;

export interface Feed {
  publish(body: ApiEventBody): ApiEvent;
  /** The events after `id`, oldest first; null when some of them are no longer held or `id` is of another process. */
  since(id: number): ApiEvent[] | null;
  /** The newest id; 0 before the first event. */
  lastId(): number;
  /** Calls `listener` for every later event until the function returned is called. */
  subscribe(listener: (event: ApiEvent) => void): () => void;
}

const CAPACITY = 1000;
const BYTES = 4 * 1024 * 1024;

/** The last events in memory, so that a stream that broke off goes on where it was. */
export function createFeed(capacity = CAPACITY): Feed {
  const events: ApiEvent[] = [];
  const sizes: number[] = [];
  let held = 0;
  const listeners = new Set<(event: ApiEvent) => void>();
  let last = 0;
  return {
    publish: (body) => {
      const event: ApiEvent = { ...body, id: ++last };
      const size = JSON.stringify(event).length;
      events.push(event);
      sizes.push(size);
      held += size;
      while (events.length > capacity || (held > BYTES && events.length > 1)) {
        events.shift();
        held -= sizes.shift() ?? 0;
      }
      for (const listener of listeners) listener(event);
      return event;
    },
    since: (id) => {
      const oldest = last - events.length;
      if (id < oldest || id > last) return null;
      return events.slice(id - oldest);
    },
    lastId: () => last,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
