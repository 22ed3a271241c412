/** Where calls go. Made from configuration alone, never from a request. */
export interface Upstream {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** For the Host header. */
  readonly host: string;
  /** The endpoint's own path without its version; empty for none. */
  readonly root: string;
  /** The version at the end of the endpoint's own path, `/v1` for one; empty where it names none. */
  readonly version: string;
  /** The endpoint's own query, without `?`. */
  readonly query: string;
}

const VERSION_SEGMENT = /\/v[0-9][a-z0-9.]*$/;

/** Reads the endpoint's base URL. Throws an error that says what is wrong with it. Pure. */
export function parseUpstream(text: string): Upstream {
  const url = URL.parse(text);
  if (!url) throw new Error("The endpoint's address is not a URL.");
  const { protocol, hostname, host, port, search } = url;
  if (protocol !== "http:" && protocol !== "https:")
    throw new Error(`The endpoint's address begins with ${protocol} and must begin with http: or https:.`);
  if (url.username !== "" || url.password !== "")
    throw new Error("The endpoint's address holds a user name or a password.");
  const path = url.pathname.replace(/\/+$/, "");
  const version = VERSION_SEGMENT.exec(path)?.[0] ?? "";
  return {
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    host,
    root: path.slice(0, path.length - version.length),
    version,
    query: search.slice(1),
  };
}
