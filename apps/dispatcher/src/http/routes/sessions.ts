import { Hono } from "hono";
import { closeSession } from "../../sessions/close.ts";
import { createSession } from "../../sessions/create.ts";
import { findSession, getSession } from "../../sessions/get.ts";
import { killSession } from "../../sessions/kill.ts";
import { listSessions } from "../../sessions/list.ts";
import { parkSession } from "../../sessions/park.ts";
import { removeSession } from "../../sessions/remove.ts";
import { resumeSession } from "../../sessions/resume.ts";
import { revokeToken } from "../../sessions/revoke-token.ts";
import { rotateToken } from "../../sessions/rotate-token.ts";
import { setUpSession } from "../../sessions/set-up.ts";
import { stopSession } from "../../sessions/stop.ts";
import { check } from "../check.ts";
import { SESSION_OPERATIONS as OPERATIONS } from "../operations/sessions.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function sessionRoutes({ context }: Parts) {
  return new Hono<HttpEnv>()
    .get(OPERATIONS.listSessions.path, check("query", OPERATIONS.listSessions.query), (c) =>
      c.json(listSessions(context, { all: c.req.valid("query").all === "1" }), 200),
    )
    .post(OPERATIONS.createSession.path, check("json", OPERATIONS.createSession.body), async (c) =>
      c.json(await createSession(context, c.req.valid("json")), 201),
    )
    .get(OPERATIONS.getSession.path, check("param", OPERATIONS.getSession.params), (c) =>
      c.json(getSession(context, c.req.valid("param").id), 200),
    )
    .delete(
      OPERATIONS.removeSession.path,
      check("param", OPERATIONS.removeSession.params),
      check("query", OPERATIONS.removeSession.query),
      async (c) =>
        c.json(
          await removeSession(context, c.req.valid("param").id, { discard: c.req.valid("query").discard === "1" }),
          200,
        ),
    )
    .post(OPERATIONS.stopSession.path, check("param", OPERATIONS.stopSession.params), async (c) =>
      c.json(await stopSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.killSession.path, check("param", OPERATIONS.killSession.params), async (c) =>
      c.json(await killSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.resumeSession.path, check("param", OPERATIONS.resumeSession.params), async (c) =>
      c.json(await resumeSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.setUpSession.path, check("param", OPERATIONS.setUpSession.params), async (c) =>
      c.json(await setUpSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.parkSession.path, check("param", OPERATIONS.parkSession.params), async (c) =>
      c.json(await parkSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.closeSession.path, check("param", OPERATIONS.closeSession.params), async (c) =>
      c.json(await closeSession(context, c.req.valid("param").id), 200),
    )
    .post(OPERATIONS.rotateToken.path, check("param", OPERATIONS.rotateToken.params), async (c) => {
      const id = findSession(context, c.req.valid("param").id);
      await rotateToken(context, id);
      return c.json({ id, file: context.root.session(id).token }, 200);
    })
    .post(OPERATIONS.revokeToken.path, check("param", OPERATIONS.revokeToken.params), async (c) => {
      const id = findSession(context, c.req.valid("param").id);
      await revokeToken(context, id);
      return c.json({ id, file: context.root.session(id).token }, 200);
    });
}
