import { HarnessError, isId, readFileSafe, readSession, type StateRoot } from "@harness/core";
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { createFailureLimit } from "./failure-limit.ts";
import type { Logins } from "./logins.ts";
import type { HttpEnv, Principal } from "./principal.ts";
import { isSameSecret } from "./secrets.ts";

const TOKEN_LIMIT = 4096;
/** A shorter one could be guessed, and an emptied file means revoked. */
export const TOKEN_LENGTH = 16;

export interface Credentials {
  root: StateRoot;
  adminToken: string;
  logins: Logins;
  failures: ReturnType<typeof createFailureLimit>;
}

/** Cookies are shared between the ports of a machine, so its name carries the port. */
export function cookieName(c: Context<HttpEnv>): string {
  return `harness-${c.env.incoming.socket.localPort}`;
}

/** Who asks. Nothing is cached: a token that was revoked fails at the next request. Throws `token-invalid`. */
export async function authenticate(c: Context<HttpEnv>, credentials: Credentials): Promise<Principal> {
  const header = c.req.header("authorization");
  if (header !== undefined) return authenticateBearer(header, c.req.path, credentials);
  const cookie = getCookie(c, cookieName(c));
  if (cookie !== undefined && credentials.logins.isValid(cookie)) return { role: "admin", via: "cookie" };
  throw new HarnessError("token-invalid", cookie === undefined ? "The request has no token." : "The login has ended.");
}

async function authenticateBearer(header: string, path: string, credentials: Credentials): Promise<Principal> {
  const token = /^Bearer (?<token>[\x21-\x7e]+)$/i.exec(header)?.groups?.["token"] ?? "";
  if (isSameSecret(token, credentials.adminToken)) return { role: "admin", via: "bearer" };
  // Our own tokens begin with the id; a foreign session's may be anything, so the path has to name it.
  const named = /^\/api\/sessions\/(?<id>[^/]+)/.exec(path)?.groups?.["id"];
  for (const id of new Set([token.split(".")[0], named])) {
    if (id !== undefined && isId(id) && (await isTokenOf(credentials.root, id, token))) return { role: "session", id };
  }
  if (!credentials.failures.spend()) throw new HarnessError("too-many-requests", "Too many wrong tokens came in.");
  throw new HarnessError("token-invalid", "The token is wrong, or it was revoked.");
}

async function isTokenOf(root: StateRoot, id: string, token: string): Promise<boolean> {
  const paths = root.session(id);
  // Whatever stands there, a coding agent may have put it there: what cannot be read safely opens nothing.
  const bytes = await readFileSafe(paths.token, TOKEN_LIMIT).catch(() => null);
  const expected = bytes === null ? "" : Buffer.from(bytes).toString("utf8").trim();
  if (expected.length < TOKEN_LENGTH || !isSameSecret(token, expected)) return false;
  return readSession(paths).status?.state !== "closed";
}
