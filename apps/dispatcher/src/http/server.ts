import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HarnessError, systemCode } from "@harness/core";
import { createAdaptorServer } from "@hono/node-server";

export interface Listening {
  port: number;
  url: string;
  close(): Promise<void>;
}

type Fetch = Parameters<typeof createAdaptorServer>[0]["fetch"];

// Without a name Node would listen on every address of the machine.
const HOST = "127.0.0.1";

/** Listens on this machine only. Port 0 lets the system choose. Throws `port-in-use`. */
export async function listen(fetch: Fetch, port: number): Promise<Listening> {
  const server = createAdaptorServer({
    fetch,
    serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 },
  }) as Server;
  server.maxConnections = 512;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explain(error, port)));
    server.listen({ host: HOST, port }, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    port: actual,
    url: `http://${HOST}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function explain(error: unknown, port: number): unknown {
  const code = systemCode(error);
  if (code === "EADDRINUSE") {
    return new HarnessError("port-in-use", `Another program listens on port ${port}.`, { cause: error });
  }
  if (code === "EACCES") {
    return new HarnessError("port-in-use", `The system does not allow to listen on port ${port}.`, { cause: error });
  }
  return error;
}
