import type { Context as Request } from "hono";
import type { Context } from "../context.ts";
import type { MergeQueue } from "../merges/queue.ts";
import type { Radar } from "../radar/radar.ts";
import type { Logins } from "./logins.ts";
import type { HttpEnv } from "./principal.ts";
import type { Streams } from "./stream.ts";

/** What the routes are given. */
export interface Parts {
  readonly context: Context;
  readonly merges: MergeQueue;
  readonly radar: Radar;
  readonly logins: Logins;
  readonly streams: Streams;
  /** Whether who opened a stream may still read it. */
  stillAllowed(request: Request<HttpEnv>): Promise<boolean>;
  /** Begins to end the dispatcher; returns at once. */
  shutdown(options: { all: boolean }): void;
}
