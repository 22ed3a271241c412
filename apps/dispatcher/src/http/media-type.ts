import { HarnessError } from "@harness/core";
import { createMiddleware } from "hono/factory";
import type { HttpEnv } from "./principal.ts";

// A form or a beacon of a foreign page can send text and form data, but not JSON.
export const checkMediaType = createMiddleware<HttpEnv>(async (c, next) => {
  const { headers } = c.env.incoming;
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if ((hasBody || type !== undefined) && type !== "application/json") {
    throw new HarnessError(
      "media-type-unsupported",
      `The body is ${type ?? "of no named type"}, not application/json.`,
    );
  }
  await next();
});
