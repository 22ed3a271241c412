import { Hono } from "hono";
import { sendReview } from "../../reviews/send.ts";
import { findSession } from "../../sessions/get.ts";
import { diffSession } from "../../worktrees/diff.ts";
import { mergeSession } from "../../worktrees/merge.ts";
import { check } from "../check.ts";
import { GIT_OPERATIONS as OPERATIONS } from "../operations/git.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function gitRoutes({ context }: Parts) {
  return new Hono<HttpEnv>()
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
      OPERATIONS.reviewSession.path,
      check("param", OPERATIONS.reviewSession.params),
      check("json", OPERATIONS.reviewSession.body),
      async (c) => c.json(await sendReview(context, c.req.valid("param").id, c.req.valid("json")), 202),
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
