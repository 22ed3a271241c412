import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";

export type Interfaces = () => ReturnType<typeof networkInterfaces>;

/**
 * The addresses of this machine as they are at this moment, whose servers may listen on all of them. An IPv4 address that
 * is written as one of IPv6 is the same to it.
 */
export function ownAddresses(interfaces: Interfaces = networkInterfaces): BlockList {
  const own = new BlockList();
  for (const { address, family } of Object.values(interfaces()).flatMap((each) => each ?? []))
    own.addAddress(address, family === "IPv4" ? "ipv4" : "ipv6");
  return own;
}
