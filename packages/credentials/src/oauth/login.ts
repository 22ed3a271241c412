import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeDurable } from "../write-durable.ts";

/** What a login came to, and all that it takes to go on with it. */
export interface Login {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Null where the provider did not say. */
  readonly expiresAt: string | null;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
}

/** credentials/<provider>.login-<id>.json: a login under a key of its own. What of it may be told stands outside the seal. */
export interface LoginFile {
  readonly v: 1;
  readonly provider: string;
  /** `needs-login`: the provider takes the refresh token no more. What was sealed last is kept all the same. */
  readonly state: "ready" | "needs-login";
  /** The provider's word for why. */
  readonly reason?: string | undefined;
  /** Counts the refreshes. */
  readonly generation: number;
  readonly refreshedAt: string;
  readonly expiresAt: string | null;
  readonly sealed: { readonly iv: string; readonly tag: string; readonly text: string };
}

const KEY_BYTES = 32;
const TAG_BYTES = 16;
const FILE_LIMIT = 256 * 1024;

export function newLoginKey(): string {
  return randomBytes(KEY_BYTES).toString("base64url");
}

/** The provider is bound to it: what was sealed for one opens for no other. */
export function sealLogin(login: Login, key: string, told: Omit<LoginFile, "v" | "sealed" | "expiresAt">): LoginFile {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "base64url"), iv);
  cipher.setAAD(Buffer.from(told.provider));
  const text = Buffer.concat([cipher.update(JSON.stringify(login), "utf8"), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  const sealed = { iv: base64(iv), tag: base64(cipher.getAuthTag()), text: base64(text) };
  return { v: 1, ...told, expiresAt: login.expiresAt, sealed };
}

/** Throws where the key is not the one, or somebody has changed what was sealed. */
export function openLogin({ provider, sealed }: LoginFile, key: string): Login {
  const bytes = (text: string) => Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "base64url"), bytes(sealed.iv), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(provider));
  decipher.setAuthTag(bytes(sealed.tag));
  return JSON.parse(Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString("utf8")) as Login;
}

/** Null where there is none that could be read. */
export function readLoginFile(path: string, provider: string): LoginFile | null {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > FILE_LIMIT) return null;
    const file = JSON.parse(bytes.toString("utf8")) as LoginFile;
    return file.v === 1 && file.provider === provider && typeof file.sealed.text === "string" ? file : null;
  } catch {
    return null;
  }
}

export function writeLoginFile(path: string, file: LoginFile): void {
  writeDurable(path, `${JSON.stringify(file, null, 2)}\n`);
}
