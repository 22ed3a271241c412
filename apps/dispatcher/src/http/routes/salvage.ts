import { Hono } from "hono";
import { restoreSalvage } from "../../salvage/restore.ts";
import { showSalvage } from "../../salvage/show.ts";
import { listSalvages } from "../../salvage/list.ts";
import { tellExpiry } from "../../salvage/tell-expiry.ts";
import { archiveSession } from "../../sessions/archive.ts";
import { check } from "../check.ts";
import { SALVAGE_OPERATIONS as OPERATIONS } from "../operations/salvage.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function salvageRoutes({ context }: Parts) {
  return new Hono<HttpEnv>()
    .get(OPERATIONS.listSalvages.path, async (c) => {
      context.supervisor.requireStorage();
      return c.json(tellExpiry(context, await listSalvages(context)), 200);
    })
    .get(OPERATIONS.showSalvage.path, check("param", OPERATIONS.showSalvage.params), async (c) => {
      context.supervisor.requireStorage();
      const { salvage, ...rest } = await showSalvage(context, c.req.valid("param").id);
      const [told] = tellExpiry(context, [salvage]);
      return c.json({ salvage: told!, ...rest }, 200);
    })
    .post(
      OPERATIONS.restoreSalvage.path,
      check("param", OPERATIONS.restoreSalvage.params),
      check("json", OPERATIONS.restoreSalvage.body),
      async (c) => {
        context.supervisor.requireStorage();
        const session = c.req.valid("param").id;
        return c.json(await restoreSalvage(context, { session, ...c.req.valid("json") }), 200);
      },
    )
    .post(OPERATIONS.archiveSession.path, check("param", OPERATIONS.archiveSession.params), async (c) =>
      c.json(await archiveSession(context, c.req.valid("param").id), 200),
    );
}
