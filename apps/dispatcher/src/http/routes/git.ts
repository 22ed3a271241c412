import { Hono } from "hono";
import { findSession } from "../../sessions/get.ts";
import { diffSession } from "../../worktrees/diff.ts";
import { mergeSession } from "../../worktrees/merge.ts";
import { check } from "../check.ts";
import { GIT_OPERATIONS as OPERATIONS } from "../operations/git.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function gitRoutes({ context, radar }: Parts) {
  return new Hono<HttpEnv>()
    .get(OPERATIONS.listConflicts.path, check("query", OPERATIONS.listConflicts.query), async (c) => {
      const { repository, uncommitted } = c.req.valid("query");
      return c.json(await radar.look({ repository, uncommitted: uncommitted === "1" }), 200);
    })
    .post(OPERATIONS.tellConflicts.path, check("json", OPERATIONS.tellConflicts.body), async (c) => {
      context.supervisor.requireStorage();
      return c.json(await radar.tell(c.req.valid("json")), 200);
    })
    .get(
      OPERATIONS.diffSession.path,
      check("param", OPERATIONS.diffSession.params),
      check("query", OPERATIONS.diffSession.query),
      async (c) => {
        const id = findSession(context, c.req.valid("param").id);
        return c.json(await diffSession(context, { id, ...c.req.valid("query") }), 200);
      },
    )
    .post(
      OPERATIONS.mergeSession.path,
      check("param", OPERATIONS.mergeSession.params),
      check("json", OPERATIONS.mergeSession.body),
      async (c) => {
        context.supervisor.requireStorage();
        const id = findSession(context, c.req.valid("param").id);
        return c.json(await mergeSession(context, { id, ...c.req.valid("json") }), 200);
      },
    );
}
