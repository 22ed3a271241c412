import { Hono } from "hono";
import { outcomeOf } from "../../merges/outcome-of.ts";
import { previewMerge } from "../../merges/preview.ts";
import { readDiff } from "../../merges/read-diff.ts";
import { rebaseSession } from "../../merges/rebase-session.ts";
import { sendReview } from "../../reviews/send.ts";
import { findSession } from "../../sessions/get.ts";
import { check } from "../check.ts";
import { GIT_OPERATIONS as OPERATIONS } from "../operations/git.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function gitRoutes({ context, merges, radar }: Parts) {
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
        return c.json(await readDiff({ context, merges }, { id, ...c.req.valid("query") }), 200);
      },
    )
    .post(
      OPERATIONS.reviewSession.path,
      check("param", OPERATIONS.reviewSession.params),
      check("json", OPERATIONS.reviewSession.body),
      async (c) => c.json(await sendReview({ context, merges }, c.req.valid("param").id, c.req.valid("json")), 202),
    )
    .post(
      OPERATIONS.mergeSession.path,
      check("param", OPERATIONS.mergeSession.params),
      check("json", OPERATIONS.mergeSession.body),
      async (c) => {
        context.supervisor.requireStorage();
        const [item] = await merges.enqueue({ sessions: [c.req.valid("param").id], ...c.req.valid("json") });
        return c.json(outcomeOf(item && (await merges.settled(item.id, c.req.raw.signal))), 200);
      },
    )
    .get(
      OPERATIONS.previewMerge.path,
      check("param", OPERATIONS.previewMerge.params),
      check("query", OPERATIONS.previewMerge.query),
      async (c) =>
        c.json(await previewMerge(context, { session: c.req.valid("param").id, ...c.req.valid("query") }), 200),
    )
    .post(
      OPERATIONS.rebaseSession.path,
      check("param", OPERATIONS.rebaseSession.params),
      check("json", OPERATIONS.rebaseSession.body),
      async (c) => {
        context.supervisor.requireStorage();
        return c.json(await rebaseSession(context, { session: c.req.valid("param").id, ...c.req.valid("json") }), 200);
      },
    );
}
