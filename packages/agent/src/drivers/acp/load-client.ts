import { createRequire } from "node:module";
import { join } from "node:path";
import type { AcpClient, Wire } from "./client.ts";

/** The SDK's side of an agent process, in memory. */
export interface LoadedClient {
  connect(wire: Wire): AcpClient;
}

/** Where the bundle is, beside our own; set by build.ts. Absent where the sources run as they are. */
declare const ACP_BUNDLE: string | undefined;

/**
 * Loads the SDK. Whoever does keeps no reference to it longer than its agent runs, and the next collection of garbage
 * takes it back. An `import` would keep it for life.
 */
export async function loadClient(): Promise<LoadedClient> {
  if (typeof ACP_BUNDLE === "undefined") return import("./client.ts");
  const path = join(__dirname, ACP_BUNDLE);
  // A fresh one each time: what requires a module holds it among its children.
  const require = createRequire(__filename);
  try {
    return require(path) as LoadedClient;
  } finally {
    delete require.cache[path];
  }
}
