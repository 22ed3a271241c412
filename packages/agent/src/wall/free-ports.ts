import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Of the doors to the model, to the hosts of a list and to the remote. */
export type Ports = readonly [number, number, number];

/** Three ports of the machine's loopback that nobody serves now. They are the session's own as long as it keeps to them. */
export async function findFreePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()] as const;
  // All at once, so that they are three.
  await Promise.all(
    servers.map((server) => {
      server.listen(0, "127.0.0.1");
      return once(server, "listening");
    }),
  );
  const [model, outlet, push] = servers;
  const ports: Ports = [portOf(model), portOf(outlet), portOf(push)];
  for (const server of servers) server.close();
  return ports;
}

function portOf(server: ReturnType<typeof createServer>): number {
  return (server.address() as AddressInfo).port;
}
