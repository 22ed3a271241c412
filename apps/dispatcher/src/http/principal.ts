import type { HttpBindings } from "@hono/node-server";

/** Who asks. The person's browser and command line are `admin`; a session's own token is that session and nothing more. */
export type Principal = { role: "admin"; via: "bearer" | "cookie" } | { role: "session"; id: string };
export type Role = Principal["role"] | "anyone";

/** What hono knows about each request. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: { principal: Principal };
}
