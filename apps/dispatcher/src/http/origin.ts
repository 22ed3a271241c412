import { HarnessError } from "@harness/core";
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./principal.ts";

export interface RequestFacts {
  method: string;
  host: string;
  origin: string | undefined;
  fetchSite: string | undefined;
  /** A page cannot make a browser send this header to us: there is no CORS. */
  bearer: boolean;
}

/** Why a request may come from a page that is not ours; undefined when it may not. */
export function foreignPage(facts: RequestFacts): string | undefined {
  const { origin, fetchSite } = facts;
  if (origin !== undefined && origin !== `http://${facts.host}`) return "It was sent by a page of another origin.";
  if (fetchSite !== undefined && !["same-origin", "none"].includes(fetchSite))
    return "It was sent by a page of another site.";
  if (facts.bearer || facts.method === "GET" || facts.method === "HEAD") return undefined;
  if (origin === undefined && fetchSite !== "same-origin") return "It does not say which page sent it.";
  return undefined;
}

/** Other ports of this machine are the same site to a browser, and so send its cookies: SameSite alone is not enough. */
export const checkOrigin = createMiddleware<HttpEnv>(async (c, next) => {
  const reason = foreignPage({
    method: c.req.method,
    host: c.env.incoming.headers.host ?? "",
    origin: c.req.header("origin"),
    fetchSite: c.req.header("sec-fetch-site"),
    bearer: c.req.header("authorization") !== undefined,
  });
  if (reason) throw new HarnessError("origin-refused", `The request was refused. ${reason}`);
  await next();
});
