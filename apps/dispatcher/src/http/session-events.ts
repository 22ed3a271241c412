import type { Context } from "../context.ts";
import { followEvents } from "../sessions/read-events.ts";
import type { StreamItem } from "./stream.ts";

/** The log of one session as stream items; their ids are the log's own numbers, which outlive every process. */
export async function* sessionEvents(
  context: Context,
  session: string,
  options: { afterSeq: number; signal: AbortSignal },
): AsyncGenerator<StreamItem> {
  for await (const event of followEvents(context, session, options)) {
    yield { id: String(event.seq), data: { type: "log", session, event } as { type: string } };
  }
}
