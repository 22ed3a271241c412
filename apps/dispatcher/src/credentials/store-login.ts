import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { HarnessError, timestamp, type Clock, type StateRoot } from "@harness/core";
import { isToken, newLoginKey, parseTokenEndpoint, sealLogin, writeLoginFile, type Login } from "@harness/credentials";
import { z } from "zod";
import { storeCredential, type NewCredential, type StoredCredential } from "./store.ts";

const TokenSchema = z.string().refine(isToken, "is no token that could be sent");

/** A login as its provider's own programs keep it, under the names that OAuth gives them. */
const GivenLoginSchema = z.object({
  access_token: TokenSchema.optional(),
  refresh_token: TokenSchema,
  token_endpoint: z.string(),
  client_id: TokenSchema,
  client_secret: TokenSchema.optional(),
  scope: z.string().max(1024).optional(),
  /** ISO 8601, or seconds since 1970. */
  expires_at: z.union([z.iso.datetime({ offset: true }), z.number().positive()]).optional(),
  /** Seconds from now. */
  expires_in: z.number().positive().optional(),
});

/** Reads what a person gives. Throws `request-invalid`, and repeats no token. */
export function parseLogin(text: string, nowMs: number): Login {
  const refuse = (why: string) =>
    new HarnessError("request-invalid", `This is no OAuth login. ${why}`, {
      hint: "A JSON object with access_token, refresh_token, expires_at (or expires_in), token_endpoint and client_id.",
    });
  const value = parseJson(text);
  const given = GivenLoginSchema.safeParse(value);
  if (!given.success)
    throw refuse(given.error.issues.map(({ path }) => `${path.join(".") || "It"} is wrong.`).join(" "));
  const { data } = given;
  try {
    parseTokenEndpoint(data.token_endpoint);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  const { expires_at: at, expires_in: seconds } = data;
  const expiresMs =
    at === undefined ? seconds && nowMs + seconds * 1000 : typeof at === "number" ? at * 1000 : Date.parse(at);
  return {
    accessToken: data.access_token ?? "",
    refreshToken: data.refresh_token,
    expiresAt: expiresMs === undefined ? null : new Date(expiresMs).toISOString(),
    tokenEndpoint: data.token_endpoint,
    clientId: data.client_id,
    clientSecret: data.client_secret,
    scope: data.scope,
  };
}

/**
 * Keeps a login under a key of its own, and that key like any other. A login that is already there stays whole until the new
 * one is on the disk: each has a file of its own, so that a worker that still renews the old one cannot write over the new.
 */
export async function storeLogin(
  root: StateRoot,
  clock: Clock,
  { login, ...where }: Pick<NewCredential, "provider" | "passphrase" | "keychain"> & { login: Login },
): Promise<StoredCredential> {
  const { provider } = where;
  const id = randomBytes(8).toString("hex");
  const key = newLoginKey();
  const setAt = timestamp(clock);
  const { login: pathOf, logins } = root.workerOf(provider);
  mkdirSync(logins, { recursive: true, mode: 0o700 });
  const told = { provider, state: "ready", generation: 0, refreshedAt: setAt } as const;
  writeLoginFile(pathOf(id), sealLogin(login, key, told));
  return storeCredential(root, { ...where, secret: key, setAt, login: id });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
