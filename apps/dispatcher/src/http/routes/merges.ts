import { HarnessError, readFileSafe } from "@harness/core";
import { Hono } from "hono";
import { gateLogPath } from "../../merges/store.ts";
import { check } from "../check.ts";
import { MERGE_OPERATIONS as OPERATIONS } from "../operations/merges.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

const LOG_BYTES = 8 * 1024 * 1024;

export function mergeRoutes({ context, merges }: Parts) {
  return new Hono<HttpEnv>()
    .get(OPERATIONS.listMerges.path, check("query", OPERATIONS.listMerges.query), (c) => {
      const all = c.req.valid("query").all === "1";
      return c.json(
        merges.list().filter(({ state }) => all || state !== "ended"),
        200,
      );
    })
    .post(OPERATIONS.enqueueMerges.path, check("json", OPERATIONS.enqueueMerges.body), async (c) => {
      context.supervisor.requireStorage();
      return c.json(await merges.enqueue(c.req.valid("json")), 202);
    })
    .get(
      OPERATIONS.getMerge.path,
      check("param", OPERATIONS.getMerge.params),
      check("query", OPERATIONS.getMerge.query),
      async (c) => {
        const { id } = c.req.valid("param");
        const { waitMs = 0 } = c.req.valid("query");
        const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(waitMs)]);
        return c.json(waitMs === 0 ? merges.get(id) : await merges.settled(id, signal), 200);
      },
    )
    .post(OPERATIONS.cancelMerge.path, check("param", OPERATIONS.cancelMerge.params), async (c) => {
      context.supervisor.requireStorage();
      return c.json(await merges.cancel(c.req.valid("param").id), 200);
    })
    .post(
      OPERATIONS.approveMerge.path,
      check("param", OPERATIONS.approveMerge.params),
      check("json", OPERATIONS.approveMerge.body),
      async (c) => {
        context.supervisor.requireStorage();
        return c.json(await merges.approve(c.req.valid("param").id, c.req.valid("json")), 200);
      },
    )
    .get(OPERATIONS.gateLog.path, check("param", OPERATIONS.gateLog.params), async (c) => {
      const { gate, session } = merges.get(c.req.valid("param").id);
      if (gate === null)
        throw new HarnessError("merge-not-found", `No gate has decided about the merge of session ${session}.`);
      const bytes = await readFileSafe(gateLogPath(context.root, gate.id), LOG_BYTES);
      return c.text(Buffer.from(bytes).toString("utf8"), 200);
    });
}
