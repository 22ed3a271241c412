import type { Upstream } from "../model/upstream.ts";

export interface Gate {
  /** The random first segment of every path, without slashes. */
  readonly prefix: string;
  /** The only Host that is answered: `127.0.0.1:<port>`. */
  readonly host: string;
  readonly upstream: Pick<Upstream, "root" | "query">;
}

export interface Asked {
  /** The request target as it was sent. */
  readonly target: string;
  readonly host: string | undefined;
}

export type Admission =
  | { readonly admitted: true; readonly target: string }
  | { readonly admitted: false; readonly status: number; readonly text: string };

const refuse = (status: number, text: string): Admission => ({ admitted: false, status, text });

/** What to ask the upstream for, or why a request goes nowhere. Pure. */
export function admit({ prefix, host, upstream }: Gate, asked: Asked): Admission {
  if (asked.host !== host) return refuse(421, "This relay answers under its own address only.");
  if (!asked.target.startsWith("/")) return refuse(400, "This relay is no proxy.");
  if (!asked.target.startsWith(`/${prefix}/`)) return refuse(404, "There is nothing here.");
  const rest = asked.target.slice(prefix.length + 1);
  const [path = "", ...queries] = rest.split("?");
  // Printable ASCII is all that a target may hold; a parser that reads the rest differently is a way past this one.
  if (!/^[\u0021-\u007e]*$/.test(rest) || rest.includes("#") || climbs(path))
    return refuse(400, "This path is refused.");
  if (upstream.root !== "" && path !== upstream.root && !path.startsWith(`${upstream.root}/`))
    return refuse(404, "The model endpoint lies under another path.");
  const query = [queries.join("?"), upstream.query].filter((part) => part !== "").join("&");
  return { admitted: true, target: query === "" ? path : `${path}?${query}` };
}

/** A path that some server could read as leading out of where it begins. */
function climbs(path: string): boolean {
  const plain = path.replaceAll(/%2e/gi, ".").replaceAll(/%2f|%5c|\\/gi, "/");
  return plain.split("/").some((segment) => segment === "." || segment === "..");
}
