import { Hono } from "hono";
import { setCookie } from "hono/cookie";
import { listCodingAgents } from "../../coding-agents/list.ts";
import { cookieName } from "../authenticate.ts";
import { check } from "../check.ts";
import { openApiDocument } from "../openapi.ts";
import { DISPATCHER_OPERATIONS as OPERATIONS } from "../operations/dispatcher.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function dispatcherRoutes({ context, logins, shutdown }: Parts) {
  return new Hono<HttpEnv>()
    .get(OPERATIONS.health.path, (c) => c.json(context.supervisor.health(), 200))
    .get(OPERATIONS.agents.path, async (c) => c.json(await listCodingAgents(context), 200))
    .get(OPERATIONS.disk.path, check("query", OPERATIONS.disk.query), async (c) =>
      c.json(await context.disk.report({ fresh: c.req.valid("query").fresh === "true" }), 200),
    )
    .post(OPERATIONS.login.path, check("json", OPERATIONS.login.body), (c) => {
      const { cookie, maxAgeSeconds } = logins.redeem(c.req.valid("json").code);
      setCookie(c, cookieName(c), cookie, { httpOnly: true, sameSite: "Strict", path: "/", maxAge: maxAgeSeconds });
      return c.json({ ok: true as const }, 200);
    })
    .post(OPERATIONS.loginCode.path, (c) => c.json(logins.issueCode(), 201))
    .get(OPERATIONS.openapi.path, (c) => c.json(openApiDocument(context.supervisor.health().version), 200))
    .post(OPERATIONS.shutdown.path, check("json", OPERATIONS.shutdown.body), (c) => {
      const wish = c.req.valid("json");
      // Whoever asked hears the answer before the connection goes.
      c.env.outgoing.once("close", () => shutdown(wish));
      return c.json({ stopping: true as const }, 202);
    });
}
