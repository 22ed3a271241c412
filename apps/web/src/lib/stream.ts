/** `connecting` before the first answer, `reconnecting` after a break. */
export type Connection = "connecting" | "live" | "reconnecting";

export interface Listener {
  /** The names of the events that are heard. */
  events: readonly string[];
  onEvent(event: unknown): void;
  onConnection(connection: Connection): void;
}

export interface Stream {
  /** Tries at once instead of waiting for the next attempt. */
  retry(): void;
  close(): void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;

function retryDelayMs(failures: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
}

/** A server-sent stream that stays: the browser mends a broken connection, this also a refused one. */
export function openStream(url: string | (() => string), listener: Listener): Stream {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const hear = ({ data }: MessageEvent<string>) => {
    const event = parse(data);
    if (event !== undefined) listener.onEvent(event);
  };
  const connect = () => {
    timer = undefined;
    source = new EventSource(typeof url === "string" ? url : url());
    source.addEventListener("open", () => {
      failures = 0;
      listener.onConnection("live");
    });
    source.addEventListener("error", () => {
      listener.onConnection("reconnecting");
      // CLOSED means that the answer was an error: the browser has given up.
      if (source.readyState === EventSource.CLOSED) timer ??= setTimeout(connect, retryDelayMs(failures++));
    });
    for (const name of listener.events) source.addEventListener(name, hear);
  };
  connect();

  return {
    retry: () => {
      if (source.readyState === EventSource.OPEN) return;
      clearTimeout(timer);
      source.close();
      connect();
    },
    close: () => {
      clearTimeout(timer);
      source.close();
    },
  };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    // A line that is no JSON is no event; the ones around it are.
    return undefined;
  }
}
