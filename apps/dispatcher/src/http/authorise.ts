import { HarnessError } from "@harness/core";
import { createMiddleware } from "hono/factory";
import { authenticate, type Credentials } from "./authenticate.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import type { HttpEnv, Principal } from "./principal.ts";

interface Match {
  operation: Operation;
  /** What stands in the place of `:id`. */
  id: string | undefined;
}

/** The operation that a request asks for: what the table does not name does not exist. */
export function findOperation(method: string, path: string): Match | undefined {
  const asked = path.split("/");
  const wanted = method === "HEAD" ? "get" : method.toLowerCase();
  for (const operation of Object.values<Operation>(OPERATIONS)) {
    const segments = operation.path.split("/");
    if (operation.method !== wanted || segments.length !== asked.length) continue;
    if (segments.every((segment, index) => segment.startsWith(":") || segment === asked[index])) {
      return { operation, id: asked[segments.indexOf(":id")] };
    }
  }
  return undefined;
}

/** Whether `principal` may do it. A session's own token is good for reading that one session. */
export function isAllowed(principal: Principal, { operation, id }: Match): boolean {
  if (!operation.roles.includes(principal.role)) return false;
  return principal.role === "admin" || principal.id === id;
}

export function createAuthorise(credentials: Credentials) {
  return createMiddleware<HttpEnv>(async (c, next) => {
    const match = findOperation(c.req.method, c.req.path);
    if (match?.operation.roles.includes("anyone")) return next();
    const principal = await authenticate(c, credentials);
    if (!match) throw new HarnessError("route-not-found", `There is no ${c.req.method} ${c.req.path.slice(0, 200)}.`);
    if (!isAllowed(principal, match))
      throw new HarnessError("forbidden", "A session's token reads its own session only.");
    c.set("principal", principal);
    return next();
  });
}
