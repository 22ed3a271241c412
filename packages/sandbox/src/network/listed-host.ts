import { isIPv4, isIPv6 } from "node:net";
import { HarnessError } from "@harness/core";

/** One place that a session may reach. */
export interface ListedHost {
  /** As it is asked for and written down: `registry.npmjs.org:443`, `10.0.0.7:8080`, `[fd00::7]:443`. */
  readonly name: string;
  /** A name that is looked up, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** It is an address, reached as it stands, wherever that is. */
  readonly literal: boolean;
}

const DEFAULT_PORT = 443;
// The last label of a name begins with a letter: whatever does not could be read as a number, and so as an address.
const NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** `host`, `host:port`, `address:port` or `[address]:port`; without a port 443 is meant. Throws `network-host-invalid`. */
export function parseListedHost(text: string): ListedHost {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (port < 1 || port > 65_535 || digits?.startsWith("0")) throw refuse(text, "It has no port between 1 and 65535.");
  if (bracketed !== undefined) return listAddress(text, bracketed, port);
  if (plain === undefined) throw refuse(text, "It is not of the form host or host:port.");
  if (isIPv4(plain)) return { name: `${plain}:${port}`, host: plain, port, literal: true };
  const host = plain.toLowerCase();
  if (!NAME.test(host)) throw refuse(text, "It is no host name of letters, digits, dashes and dots, and no address.");
  if (host === "localhost" || host.endsWith(".localhost"))
    throw refuse(text, `A name never leads to this machine: write 127.0.0.1:${port}.`);
  // It could as well be a slip in one of the words that say what a network is.
  if (!host.includes(".") && digits === undefined) throw refuse(text, "A name without a dot needs its port.");
  return { name: `${host}:${port}`, host, port, literal: false };
}

function listAddress(text: string, address: string, port: number): ListedHost {
  if (!isIPv6(address) || address.includes("%")) throw refuse(text, "Between brackets there is no IPv6 address.");
  const host = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  if (host.startsWith("::ffff:")) throw refuse(text, "It is an IPv4 address in other words: write it as one.");
  return { name: `[${host}]:${port}`, host, port, literal: true };
}

function refuse(text: string, why: string): HarnessError {
  return new HarnessError("network-host-invalid", `${JSON.stringify(text.slice(0, 80))} cannot be listed. ${why}`);
}
