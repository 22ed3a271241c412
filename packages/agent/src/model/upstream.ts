/** Where calls go. Made from configuration alone, never from a request. */
export interface Upstream {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** For the Host header. */
  readonly host: string;
  /** The endpoint's own path, without a slash at the end; empty for none. */
  readonly path: string;
  /** What every target must begin with: `path` without a version at its end, which some coding agents add themselves. */
  readonly root: string;
  /** The endpoint's own query, without `?`. */
  readonly query: string;
}

const VERSION_SEGMENT = /\/v[0-9][a-z0-9.]*$/;

/** Reads the endpoint's base URL. Throws an error that says what is wrong with it. Pure. */
export function parseUpstream(text: string): Upstream {
  const url = URL.parse(text);
  if (!url) throw new Error("The model endpoint's address is not a URL.");
  const { protocol, hostname, host, port, search } = url;
  if (protocol !== "http:" && protocol !== "https:")
    throw new Error(`The model endpoint's address begins with ${protocol} and must begin with http: or https:.`);
  if (url.username !== "" || url.password !== "")
    throw new Error("The model endpoint's address holds a user name or a password; a key belongs into its variable.");
  const path = url.pathname.replace(/\/+$/, "");
  return {
    protocol,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
    host,
    path,
    root: path.replace(VERSION_SEGMENT, ""),
    query: search.slice(1),
  };
}
