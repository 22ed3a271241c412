import { bodyLimit } from "hono/body-limit";
import { Hono } from "hono";
import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import type { MergeQueue } from "../merges/queue.ts";
import type { Radar } from "../radar/radar.ts";
import { createAudit } from "./audit.ts";
import { authenticate } from "./authenticate.ts";
import { createAuthorise, findOperation, isAllowed } from "./authorise.ts";
import { createFailureLimit } from "./failure-limit.ts";
import { checkHost } from "./hosts.ts";
import { createLogins } from "./logins.ts";
import { checkMediaType } from "./media-type.ts";
import { checkOrigin } from "./origin.ts";
import { servePages } from "./pages.ts";
import type { Parts } from "./parts.ts";
import type { HttpEnv } from "./principal.ts";
import { answerProblem, problemOf } from "./problem.ts";
import { credentialRoutes } from "./routes/credentials.ts";
import { dispatcherRoutes } from "./routes/dispatcher.ts";
import { eventRoutes } from "./routes/events.ts";
import { gitRoutes } from "./routes/git.ts";
import { mergeRoutes } from "./routes/merges.ts";
import { messageRoutes } from "./routes/messages.ts";
import { salvageRoutes } from "./routes/salvage.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { createStreams } from "./stream.ts";

// A message of 1 MiB, as JSON inside JSON.
const BODY_LIMIT = 4 * 1024 * 1024;

export interface AppOptions {
  context: Context;
  merges: MergeQueue;
  radar: Radar;
  /** The token of the person who runs the dispatcher: it opens everything. */
  adminToken: string;
  /** Where the exported page is. */
  publicDirectory: string;
  /** Begins to end the dispatcher; returns at once. */
  shutdown(options: { all: boolean }): void;
}

/** The HTTP API and the page. Does not listen. */
export function createApp(options: AppOptions) {
  const { context, adminToken } = options;
  const { clock, log, root } = context;
  const logins = createLogins({ adminToken, clock });
  const credentials = { root, adminToken, logins, failures: createFailureLimit(clock) };
  const streams = createStreams({ clock, onError: (error) => log.warn("an event stream broke off", { error }) });
  const parts: Parts = {
    context,
    merges: options.merges,
    radar: options.radar,
    logins,
    streams,
    shutdown: options.shutdown,
    stillAllowed: async (c) => {
      const match = findOperation(c.req.method, c.req.path);
      // Whatever the reason, who cannot prove themselves any more hears nothing more.
      const principal = await authenticate(c, credentials).catch(() => null);
      return match !== undefined && principal !== null && isAllowed(principal, match);
    },
  };

  const app = new Hono<HttpEnv>()
    .use(setSecurityHeaders)
    .use(checkHost)
    .use("/api/*", checkOrigin)
    .use("/api/*", createAuthorise(credentials))
    .use("/api/*", createAudit(log))
    .use("/api/*", checkMediaType)
    .use("/api/*", bodyLimit({ maxSize: BODY_LIMIT, onError: (c) => answerProblem(c, tooLarge()) }))
    .route("/", dispatcherRoutes(parts))
    .route("/", credentialRoutes(parts))
    .route("/", sessionRoutes(parts))
    .route("/", messageRoutes(parts))
    .route("/", eventRoutes(parts))
    .route("/", gitRoutes(parts))
    .route("/", salvageRoutes(parts))
    .route("/", mergeRoutes(parts))
    .get("*", servePages(options.publicDirectory));
  app.onError((error, c) => {
    if (problemOf(error).code === "internal") log.error("a request failed", { path: c.req.path, error });
    return answerProblem(c, error);
  });
  app.notFound((c) => answerProblem(c, new HarnessError("route-not-found", "There is nothing here.")));
  return { app, closeStreams: streams.close };
}

export type App = ReturnType<typeof createApp>["app"];
// What the web page knows of the shapes behind it.
export type { MergeItem } from "../merges/item.ts";
export type { Preview } from "../merges/preview.ts";
export type { Collision, CollisionNote } from "../radar/schema.ts";
export type { ToldSalvage } from "../salvage/tell-expiry.ts";
export type { ApiEvent, SessionDetail, SessionSummary } from "../sessions/schema.ts";
export type { FileDiff, SessionDiff } from "../worktrees/diff.ts";

function tooLarge(): HarnessError {
  return new HarnessError("message-too-large", `The body is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`);
}
