import { isIPv6 } from "node:net";
import type { ListedHost } from "@harness/sandbox";
import { ownAddresses, type Interfaces } from "./own-addresses.ts";
import { isPublicAddress } from "./public-address.ts";

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Lookup = (host: string) => Promise<readonly Address[]>;

const MOST = 4;

/**
 * The addresses of a listed place, which are then connected to without another look. A name that leads to this machine, or
 * to anything but the public network, leads nowhere: whoever owns it decides where it leads. Throws an `Error` that says why.
 */
export async function findAddresses(
  { host, literal }: ListedHost,
  lookup: Lookup,
  interfaces?: Interfaces,
): Promise<readonly Address[]> {
  if (literal) return [{ address: host, family: isIPv6(host) ? 6 : 4 }];
  const found = await lookup(host);
  const own = ownAddresses(interfaces);
  const self = found.find(({ address, family }) => own.check(address, family === 6 ? "ipv6" : "ipv4"));
  if (self !== undefined)
    throw new Error(`its name leads to ${self.address}, which is this machine; list the address itself to allow that`);
  const inner = found.find(({ address }) => !isPublicAddress(address));
  if (inner !== undefined)
    throw new Error(`its name leads to ${inner.address}, which is not public; list the address itself to allow that`);
  if (found.length === 0) throw new Error("its name leads nowhere");
  return found.slice(0, MOST);
}
