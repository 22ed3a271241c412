import { HarnessError, type Clock } from "@harness/core";
import type { Context } from "hono";
import { streamSSE, type SSEStreamingApi } from "hono/streaming";
import type { HttpEnv } from "./principal.ts";

/** One thing to tell. `id` is what the browser sends back to go on from here; without one it keeps the id before. */
export interface StreamItem {
  id?: string;
  data: { type: string };
}

export interface StreamSource {
  /** Contract: ends when `signal` aborts. */
  items(signal: AbortSignal): AsyncIterable<StreamItem>;
  /** Asked at every heartbeat: whether this caller may still listen. */
  stillAllowed(): Promise<boolean>;
}

export interface Streams {
  /** Answers with a stream of events. Throws `too-many-requests` when too many are open. */
  open(c: Context<HttpEnv>, source: StreamSource): Response;
  /** Ends every open stream, so that the server can close. */
  close(): void;
}

export interface StreamOptions {
  clock: Clock;
  onError(error: unknown): void;
  heartbeatMs?: number;
  limit?: number;
  /** A client that takes longer than this to read one item is cut off; it comes back with the id it has. */
  stalledMs?: number;
}

/** Server-sent events. A connection's source is read no faster than its client reads, so nothing piles up here. */
export function createStreams(options: StreamOptions): Streams {
  const { heartbeatMs = 15_000, limit = 64, stalledMs = 60_000 } = options;
  const closing = new AbortController();
  let open = 0;

  return {
    open(c, source) {
      // Nobody reads what follows the head.
      if (c.req.method === "HEAD") return c.body(null, 200, { "Content-Type": "text/event-stream" });
      if (closing.signal.aborted) throw new HarnessError("dispatcher-unreachable", "The dispatcher is stopping.");
      if (open >= limit) throw new HarnessError("too-many-requests", `${limit} event streams are open already.`);
      open += 1;
      const run = async (stream: SSEStreamingApi): Promise<void> => {
        const gone = new AbortController();
        stream.onAbort(() => gone.abort());
        const signal = AbortSignal.any([gone.signal, closing.signal]);
        try {
          await pump(stream, source, { ...options, heartbeatMs, stalledMs, signal });
        } catch (error) {
          options.onError(error);
        } finally {
          open -= 1;
          gone.abort();
        }
      };
      return streamSSE(c, run);
    },
    close: () => closing.abort(),
  };
}

interface PumpOptions {
  clock: Clock;
  heartbeatMs: number;
  stalledMs: number;
  signal: AbortSignal;
}

async function pump(stream: SSEStreamingApi, source: StreamSource, options: PumpOptions): Promise<void> {
  const { clock, signal } = options;
  const rest = () => clock.sleep(options.heartbeatMs, signal).then(() => "heartbeat" as const);
  const items = source.items(signal)[Symbol.asyncIterator]();
  let next = items.next();
  let heartbeat = rest();
  try {
    await write(stream, "retry: 2000\n\n", options);
    while (!signal.aborted) {
      const item = await Promise.race([next, heartbeat]);
      if (signal.aborted) return;
      if (item === "heartbeat") {
        if (!(await source.stillAllowed())) return;
        await write(stream, ": still here\n\n", options);
        heartbeat = rest();
      } else {
        if (item.done) return;
        await write(stream, frame(item.value), options);
        next = items.next();
      }
    }
  } finally {
    // It may stand in the middle of what it has to say, with listeners and files open. One that fails after its reader
    // has gone has nobody left to tell.
    Promise.all([next, items.return?.()]).catch(() => undefined);
  }
}

async function write(stream: SSEStreamingApi, text: string, options: PumpOptions): Promise<void> {
  const written = new AbortController();
  const stalled = options.clock.sleep(options.stalledMs, AbortSignal.any([written.signal, options.signal]));
  await Promise.race([stream.write(text), stalled.then(() => written.signal.aborted || stream.abort())]);
  written.abort();
}

// JSON has no line breaks of its own, so that one data line is enough.
function frame({ id, data }: StreamItem): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `${idLine}event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
