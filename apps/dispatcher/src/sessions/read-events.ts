import { followJsonLines, readJsonLines, type Event } from "@harness/core";
import type { Context } from "../context.ts";
import { findSession } from "./get.ts";

/** Oldest first. `tail` takes the newest ones only. */
export async function readEvents(
  context: Context,
  session: string,
  options: { afterSeq?: number; limit?: number; tail?: number } = {},
): Promise<Event[]> {
  return await readJsonLines(context.root.session(findSession(context, session)).events, options);
}

/** Every event after `afterSeq`, the coming ones included, until `signal` aborts. */
export function followEvents(
  context: Context,
  session: string,
  options: { afterSeq?: number; signal: AbortSignal },
): AsyncIterable<Event> {
  const { events } = context.root.session(findSession(context, session));
  return followJsonLines(events, { ...options, clock: context.clock });
}
