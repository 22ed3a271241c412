import { HarnessError } from "@harness/core";
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./principal.ts";

/** The only names under which this server answers. Anything else is a page that rebinds its DNS name to this machine. */
export function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host ?? "");
}

export const checkHost = createMiddleware<HttpEnv>(async (c, next) => {
  const { headers, socket } = c.env.incoming;
  if (!isOwnHost(headers.host, socket.localPort)) {
    throw new HarnessError("host-unknown", "This server is not called by that name.");
  }
  await next();
});
