import { loadBundle } from "../../load-bundle.ts";
import type { AcpClient, Wire } from "./client.ts";

/** The SDK's side of an agent process, in memory. */
export interface LoadedClient {
  connect(wire: Wire): AcpClient;
}

/** Where the bundle is, beside our own; set by build.ts. Absent where the sources run as they are. */
declare const ACP_BUNDLE: string | undefined;

/** Loads the SDK, for as long as its agent runs. */
export async function loadClient(): Promise<LoadedClient> {
  if (typeof ACP_BUNDLE === "undefined") return import("./client.ts");
  return loadBundle(ACP_BUNDLE) as LoadedClient;
}
