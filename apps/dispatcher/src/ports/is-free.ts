import { createServer } from "node:net";
import { systemCode } from "@harness/core";

// One after another: each would stand in the way of the next.
const ADDRESSES = ["::", "0.0.0.0", "127.0.0.1"];

/** Whether nobody on this machine listens on the port. */
export async function isPortFree(port: number): Promise<boolean> {
  for (const host of ADDRESSES) if (!(await canListen(host, port))) return false;
  return true;
}

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 says nothing about the port.
    server.once("error", (error) => resolve(!["EADDRINUSE", "EACCES"].includes(systemCode(error) ?? "")));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
