import { createMiddleware } from "hono/factory";
import type { Log } from "../log.ts";
import type { HttpEnv, Principal } from "./principal.ts";

/** Writes down every change that was asked for, by whom, and what became of it. */
export function createAudit(log: Log) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    await next();
    if (c.req.method === "GET" || c.req.method === "HEAD") return;
    // A login has no principal yet.
    const principal = c.get("principal") as Principal | undefined;
    const who = principal === undefined ? "nobody yet" : principal.role === "admin" ? principal.via : principal.id;
    log.info("asked over the API", { method: c.req.method, path: c.req.path, who, status: c.res.status });
  });
}
