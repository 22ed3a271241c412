import { timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { grantPath, hashKey, type Grant } from "./protocol.ts";

const NAME = /^([A-Za-z0-9_-]{1,64})\.json$/;
/** Where nothing is, or could be. */
const ABSENT = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);
const HASH = /^[0-9a-f]{64}$/;

/** The sessions that may call now; null when the worker's own place is gone. */
export function listGrants(directory: string): string[] | null {
  try {
    return readdirSync(join(directory, "grants")).flatMap((name) => NAME.exec(name)?.[1] ?? []);
  } catch {
    return null;
  }
}

/**
 * The session's grant as it is written now. Read for every call, so that taking it away holds from the next on. Throws where
 * the file is there and cannot be opened: one that cannot be read was not taken away.
 */
export function readGrant(directory: string, session: string): Grant | null {
  const text = readText(grantPath(directory, session));
  if (text === null) return null;
  try {
    const grant = JSON.parse(text) as Grant;
    const isSound = [grant.keyHash, ...(grant.startingKeyHashes ?? [])].every((hash) => HASH.test(hash));
    return grant.v === 1 && grant.session === session && isSound ? grant : null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

/** Compares hashes, so that neither content nor length shows in the time it takes. */
export function opens({ keyHash, startingKeyHashes = [] }: Grant, keys: readonly string[]): boolean {
  const expected = [keyHash, ...startingKeyHashes].map((hash) => Buffer.from(hash, "hex"));
  return keys.some((key) => {
    const given = Buffer.from(hashKey(key), "hex");
    return expected.some((hash) => timingSafeEqual(given, hash));
  });
}
