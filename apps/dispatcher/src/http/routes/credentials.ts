import { Hono } from "hono";
import { allowPush } from "../../sessions/allow-push.ts";
import { allowTokens } from "../../sessions/allow-tokens.ts";
import { check } from "../check.ts";
import { CREDENTIAL_OPERATIONS as OPERATIONS } from "../operations/credentials.ts";
import type { Parts } from "../parts.ts";
import type { HttpEnv } from "../principal.ts";

export function credentialRoutes({ context }: Parts) {
  return new Hono<HttpEnv>()
    .post(OPERATIONS.unlockCredential.path, check("json", OPERATIONS.unlockCredential.body), async (c) => {
      const provider = c.req.param("provider");
      await context.credentials.unlock(provider, c.req.valid("json").passphrase);
      return c.json({ provider }, 200);
    })
    .post(OPERATIONS.allowTokens.path, check("json", OPERATIONS.allowTokens.body), async (c) =>
      c.json(await allowTokens(context, c.req.param("id"), c.req.valid("json").tokens), 200),
    )
    .post(OPERATIONS.allowPush.path, check("json", OPERATIONS.allowPush.body), async (c) =>
      c.json(await allowPush(context, c.req.param("id"), c.req.valid("json").commit), 200),
    );
}
