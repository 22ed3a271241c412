import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { HarnessError, isId, readJsonFileSync, syncDirectory, writeJsonFile, type StateRoot } from "@harness/core";
import { z } from "zod";
import { deleteTree } from "../trees.ts";
import { seal, SealedSchema, unseal } from "./cipher.ts";
import { readKeychain, removeFromKeychain, writeKeychain } from "./keychain.ts";

/** The one remote that a credential of git opens, and for whom. */
const RemoteSchema = z.object({ url: z.string(), user: z.string() });
export type StoredRemote = z.infer<typeof RemoteSchema>;

const shared = {
  v: z.literal(1),
  provider: z.string(),
  setAt: z.string(),
  git: RemoteSchema.optional(),
  /** The key opens this login, which its worker renews in a file of its own. */
  login: z.string().refine(isId).optional(),
};

/** credentials/<name>.json: the key of the provider of that name, or of a remote; or where it is. */
const CredentialSchema = z.discriminatedUnion("protection", [
  z.object({ ...shared, protection: z.literal("file"), secret: z.string().min(1) }),
  z.object({ ...shared, protection: z.literal("passphrase"), sealed: SealedSchema }),
  z.object({ ...shared, protection: z.literal("keychain") }),
]);
type Credential = z.infer<typeof CredentialSchema>;
export type Protection = Credential["protection"];

/** What may be told of a credential. */
export interface StoredCredential {
  readonly provider: string;
  readonly protection: Protection;
  readonly setAt: string;
  readonly git?: StoredRemote | undefined;
  /** The login that the key opens; absent where it is the key itself. */
  readonly login?: string | undefined;
}

/** Whom a key is for. One is never used for the other, whatever their names. */
export type CredentialKind = "provider" | "git";

export interface NewCredential {
  readonly provider: string;
  readonly secret: string;
  readonly setAt: string;
  /** Undefined or empty: the file's own permissions are all that protects it. */
  readonly passphrase?: string | undefined;
  readonly keychain?: boolean | undefined;
  /** It opens a remote, and is no provider's key. */
  readonly git?: StoredRemote | undefined;
  readonly login?: string | undefined;
}

/** Keeps a key, in place of the one before. Nothing that was there is lost before the new one is on the disk. */
export async function storeCredential(root: StateRoot, credential: NewCredential): Promise<StoredCredential> {
  const { provider, secret, setAt, passphrase = "", keychain = false, git, login } = credential;
  const { credential: path } = root.workerOf(provider);
  mkdirSync(root.credentials, { recursive: true, mode: 0o700 });
  const common = { v: 1 as const, provider, setAt, login, git };
  let stored: Credential;
  if (keychain) {
    await writeKeychain(root, provider, secret);
    stored = { ...common, protection: "keychain" };
  } else if (passphrase === "") stored = { ...common, protection: "file", secret };
  else stored = { ...common, protection: "passphrase", sealed: await seal(secret, passphrase, provider) };
  await writeJsonFile(path, stored, { mode: 0o600 });
  await removeLogins(root, provider, login);
  return tell(stored);
}

export function findCredential(
  root: StateRoot,
  name: string,
  kind: CredentialKind = "provider",
): StoredCredential | null {
  const found = read(root, name);
  return found === null || kindOf(found) !== kind ? null : tell(found);
}

export function listCredentials(root: StateRoot): StoredCredential[] {
  const names = statSync(root.credentials, { throwIfNoEntry: false }) ? readdirSync(root.credentials) : [];
  return names
    .filter((name) => name.endsWith(".json") && isId(name.slice(0, -5)))
    .flatMap((name) => read(root, name.slice(0, -5)) ?? [])
    .map(tell)
    .toSorted((a, b) => a.provider.localeCompare(b.provider));
}

/** The key itself. Null where none is kept. Throws `credential-locked` where it takes a passphrase, and where that is wrong. */
export async function openCredential(
  root: StateRoot,
  provider: string,
  { passphrase, kind = "provider" }: { passphrase?: string | undefined; kind?: CredentialKind } = {},
): Promise<string | null> {
  const found = read(root, provider);
  if (found === null || kindOf(found) !== kind) return null;
  if (found.protection === "file") return found.secret;
  if (found.protection === "keychain") return readKeychain(root, provider);
  if (passphrase === undefined)
    throw new HarnessError("credential-locked", `The key of ${provider} is kept under a passphrase.`, {
      hint: `\`harness credential unlock ${provider}\` asks for it.`,
    });
  const secret = await unseal(found.sealed, passphrase, provider);
  if (secret !== null) return secret;
  throw new HarnessError("credential-locked", `This is not the passphrase of the key of ${provider}.`);
}

/** False when there was none. */
export async function removeCredential(root: StateRoot, provider: string): Promise<boolean> {
  const found = read(root, provider);
  if (found === null) return false;
  if (found.protection === "keychain") await removeFromKeychain(root, provider);
  rmSync(root.workerOf(provider).credential, { force: true });
  await removeLogins(root, provider, undefined);
  await syncDirectory(root.credentials);
  return true;
}

/** Those that no key opens any more. Their directory is the worker's, which may put anything in there. */
export async function removeLogins(root: StateRoot, provider: string, kept: string | undefined): Promise<void> {
  const { login, logins } = root.workerOf(provider);
  if (kept === undefined) return void (await deleteTree(logins));
  for (const name of statSync(logins, { throwIfNoEntry: false }) ? readdirSync(logins) : []) {
    const id = /^(?<id>[\w-]+)\.json$/.exec(name)?.groups?.["id"];
    if (id !== undefined && id !== kept) await deleteTree(login(id));
  }
}

function read(root: StateRoot, provider: string): Credential | null {
  const found = readJsonFileSync(root.workerOf(provider).credential, CredentialSchema);
  return found?.provider === provider ? found : null;
}

function kindOf({ git }: Credential): CredentialKind {
  return git === undefined ? "provider" : "git";
}

function tell({ provider, protection, setAt, git, login }: Credential): StoredCredential {
  return { provider, protection, setAt, git, login };
}
