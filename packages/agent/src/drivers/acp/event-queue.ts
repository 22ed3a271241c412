import type { DriverEvent } from "../driver.ts";

type End = Extract<DriverEvent, { type: "turn.ended" }>;

/** Text arrives word by word: it is told in pieces of this length, or after this time. */
const PIECE = 8 * 1024;
const GATHER_MS = 100;
/** The agent is read no further while so many events wait. */
const FULL = 500;

/** The events of one turn on their way from the agent to whoever runs the turn. */
export interface EventQueue {
  push(event: DriverEvent): void;
  end(event: End): void;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** Up to and with the end. */
  read(): AsyncGenerator<DriverEvent>;
}

export function createEventQueue(): EventQueue {
  const events: DriverEvent[] = [];
  let text = "";
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  let wake = () => {};
  let drained = () => {};

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (let start = 0; start < text.length; start += PIECE)
      events.push({ type: "text", text: text.slice(start, start + PIECE) });
    text = "";
    wake();
  }

  function push(event: DriverEvent): void {
    if (over) return;
    if (event.type === "text") {
      text += event.text;
      if (text.length >= PIECE) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
      return;
    }
    flush();
    events.push(event);
    wake();
  }

  async function* read(): AsyncGenerator<DriverEvent> {
    try {
      for (;;) {
        for (const event of events.splice(0)) {
          yield event;
          if (event.type === "turn.ended") return;
        }
        drained();
        if (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      over = true;
      clearTimeout(timer);
      events.length = 0;
      drained();
    }
  }

  return {
    push,
    end(event) {
      push(event);
      over = true;
    },
    room: () => (over || events.length < FULL ? Promise.resolve() : new Promise((resolve) => (drained = resolve))),
    read,
  };
}
