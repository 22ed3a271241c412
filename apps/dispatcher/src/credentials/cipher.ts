import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { z } from "zod";

const Base64Schema = z.base64().max(64 * 1024);

/** A secret under a passphrase: a key from scrypt, AES-256 in GCM. */
export const SealedSchema = z.object({
  cipher: z.literal("aes-256-gcm"),
  kdf: z.literal("scrypt"),
  // Bounded: they decide how much memory and time opening takes.
  n: z.int().min(1024).max(1_048_576),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  salt: Base64Schema,
  iv: Base64Schema,
  tag: Base64Schema,
  text: Base64Schema,
});
export type Sealed = z.infer<typeof SealedSchema>;

const COST = { n: 131_072, r: 8, p: 1 };
const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** `name` is bound to it: what was sealed for one provider opens for no other. */
export async function seal(secret: string, passphrase: string, name: string): Promise<Sealed> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await derive(passphrase, salt, COST), iv);
  cipher.setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  const base64 = (bytes: Buffer) => bytes.toString("base64");
  return {
    cipher: "aes-256-gcm",
    kdf: "scrypt",
    ...COST,
    salt: base64(salt),
    iv: base64(iv),
    tag: base64(cipher.getAuthTag()),
    text: base64(text),
  };
}

/** Null where the passphrase is not the one, or somebody has changed what was sealed. */
export async function unseal(sealed: Sealed, passphrase: string, name: string): Promise<string | null> {
  const bytes = (text: string) => Buffer.from(text, "base64");
  const key = await derive(passphrase, bytes(sealed.salt), sealed);
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes(sealed.iv), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes(sealed.tag));
    return Buffer.concat([decipher.update(bytes(sealed.text)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function derive(passphrase: string, salt: Buffer, { n, r, p }: Pick<Sealed, "n" | "r" | "p">): Promise<Buffer> {
  const options = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize("NFC"), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}
