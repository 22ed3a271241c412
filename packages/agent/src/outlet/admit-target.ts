import type { ListedHost } from "@harness/sandbox";

export interface Asked {
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
}

export type Admission =
  | { readonly admitted: true; readonly host: ListedHost }
  | { readonly admitted: false; readonly status: number; readonly reason: string };

const refuse = (status: number, reason: string): Admission => ({ admitted: false, status, reason });

/**
 * Which of the listed places is asked for. The request only chooses: what is connected to is what the list says, and
 * nothing that has to be read a second time. Pure.
 */
export function admitTarget(hosts: readonly ListedHost[], { method, target, rawHeaders }: Asked): Admission {
  if (method !== "CONNECT") return refuse(405, "it takes CONNECT alone; plain http is not passed on");
  const host = hosts.find(({ name }) => name === target.toLowerCase());
  if (host === undefined) return refuse(403, "it is not on the session's list");
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  if (names.includes("content-length") || names.includes("transfer-encoding"))
    return refuse(400, "a CONNECT has no body");
  const said = rawHeaders.filter((_, index) => index % 2 === 1 && names[(index - 1) / 2] === "host");
  const agrees = (value: string) => [host.name, host.name.replace(/:\d+$/, "")].includes(value.toLowerCase());
  if (said.length > 1 || !said.every(agrees)) return refuse(400, "its Host is another than its target");
  return { admitted: true, host };
}
