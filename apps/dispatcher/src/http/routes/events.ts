import { Hono } from "hono";
import { findSession } from "../../sessions/get.ts";
import { readEvents } from "../../sessions/read-events.ts";
import { allEvents } from "../all-events.ts";
import { check } from "../check.ts";
import { SESSION_OPERATIONS as OPERATIONS } from "../operations/sessions.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";
import { sessionEvents } from "../session-events.ts";

export function eventRoutes({ context, streams, stillAllowed }: Parts) {
  return new Hono<HttpEnv>()
    .get(
      OPERATIONS.listEvents.path,
      check("param", OPERATIONS.listEvents.params),
      check("query", OPERATIONS.listEvents.query),
      async (c) => {
        const { after, limit } = c.req.valid("query");
        return c.json(await readEvents(context, c.req.valid("param").id, { afterSeq: after ?? 0, limit }), 200);
      },
    )
    .get(
      OPERATIONS.followEvents.path,
      check("param", OPERATIONS.followEvents.params),
      check("query", OPERATIONS.followEvents.query),
      (c) => {
        const session = findSession(context, c.req.valid("param").id);
        const afterSeq = lastSeq(c.req.header("last-event-id")) ?? c.req.valid("query").after ?? 0;
        return streams.open(c, {
          items: (signal) => sessionEvents(context, session, { afterSeq, signal }),
          stillAllowed: () => stillAllowed(c),
        });
      },
    )
    .get(OPERATIONS.followAll.path, (c) =>
      streams.open(c, {
        items: (signal) => allEvents(context, { lastEventId: c.req.header("last-event-id"), signal }),
        stillAllowed: () => stillAllowed(c),
      }),
    );
}

function lastSeq(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
