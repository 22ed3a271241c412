import { randomBytes } from "node:crypto";

/** 256 bits. The id in front says whose it is, so that one file decides. */
export function newSessionToken(id: string): string {
  return `${id}.${newSecret()}`;
}

export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}
