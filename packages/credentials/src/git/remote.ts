import { parseUpstream, type Upstream } from "../upstream.ts";

/** The one repository that a worker speaks to. */
export interface Remote extends Upstream {
  /** Its path, without a slash at the end. */
  readonly path: string;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** Reads the address of a remote. Throws an error that says what is wrong with it. Pure. */
export function parseRemote(text: string): Remote {
  const upstream = parseUpstream(text);
  const { protocol, hostname, root, version, query } = upstream;
  if (protocol === "http:" && !LOOPBACK.has(hostname))
    throw new Error("The remote's address begins with http: and must begin with https:, because a key goes there.");
  const path = `${root}${version}`;
  if (query !== "" || path === "") throw new Error("The remote's address names no repository.");
  if (!/^[\u0021-\u007e]+$/.test(path)) throw new Error("The remote's address holds characters that no address has.");
  return { ...upstream, path };
}
