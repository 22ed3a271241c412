import { type BigIntStats, existsSync } from "node:fs";
import { chmod, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { systemCode } from "@harness/core";
import type { Place } from "./find-repository.ts";
import { type GitContext, runGit } from "./git.ts";
import { makeDirectory } from "./paths.ts";
import { linkPacks, packLoose } from "./share-objects.ts";

const TIMEOUT_MS = 30 * 60_000;
const ATTEMPTS = 3;

/** Unfinished hubs have this in front of their name. */
export const UNFINISHED = ".new-";

/** Makes the hub beside its place and renames it there: a hub that can be seen is whole. */
export async function createHub(context: GitContext, source: Place, hub: string): Promise<void> {
  makeDirectory(context.root.hub);
  const fresh = join(dirname(hub), `${UNFINISHED}${randomBytes(6).toString("hex")}`);
  try {
    await copyRepository(context, source, fresh);
    await writeFile(join(fresh, "config"), hubConfig(source.objectFormat));
    // A hub is nobody else's until it has a group of its own.
    await chmod(fresh, 0o700);
    await rename(fresh, hub);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was faster: its hub is as good.
    if (["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "") && existsSync(hub)) return;
    throw error;
  }
}

// Packs are linked and not copied: docs/decisions/0005-a-hub-links-the-packs.md. Housekeeping of the person in the middle
// of it could leave the copy short of an object; it always adds or removes a pack.
async function copyRepository(context: GitContext, source: Place, fresh: string): Promise<void> {
  if (canShare(source)) {
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      const before = await packsOf(source);
      const error = await shareObjects(context, source, fresh).catch((reason: unknown) => reason ?? "unknown");
      const isStill = (await packsOf(source)) === before;
      if (isStill && error === undefined) return;
      await rm(fresh, { recursive: true, force: true });
      // An object that git cannot read is no matter where no branch needs it: the transfer takes what branches need.
      if (isStill) break;
    }
  }
  await clone(context, source, { fresh, how: "--no-local" });
}

// A repository that borrows objects from a third one lends none of those, and one that ends early is packed for that.
function canShare({ gitDirectory, shallow }: Place): boolean {
  return !shallow && !existsSync(join(gitDirectory, "objects", "info", "alternates"));
}

async function shareObjects(context: GitContext, source: Place, fresh: string): Promise<void> {
  await clone(context, source, { fresh, how: "--shared" });
  const objects = join(source.gitDirectory, "objects");
  await linkPacks(join(objects, "pack"), join(fresh, "objects", "pack"));
  await packLoose(context, objects, fresh);
  await rm(join(fresh, "objects", "info", "alternates"));
}

async function clone(
  context: GitContext,
  source: Place,
  { fresh, how }: { fresh: string; how: "--shared" | "--no-local" },
): Promise<void> {
  const args = [
    "clone",
    "--quiet",
    "--bare",
    "--template=",
    "--no-reject-shallow",
    how,
    "--",
    source.gitDirectory,
    fresh,
  ];
  // The configuration that a hub is given says nothing else.
  const env = { GIT_DEFAULT_REF_FORMAT: "files" };
  await runGit(context, args, { cwd: context.root.hub, trust: "person", timeoutMs: TIMEOUT_MS, env });
}

async function packsOf(source: Place): Promise<string> {
  const facts: BigIntStats | null = await stat(join(source.gitDirectory, "objects", "pack"), { bigint: true }).catch(
    () => null,
  );
  return facts === null ? "none" : `${facts.ino}:${facts.mtimeNs}`;
}

// Nothing is ever thrown away by itself: sessions borrow these objects. What a session sends is checked object by object.
function hubConfig(objectFormat: Place["objectFormat"]): string {
  const sha256 = objectFormat === "sha256";
  return [
    "[core]",
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    "\tbare = true",
    "\tfsync = all",
    "\thooksPath = /dev/null",
    "\tlogAllRefUpdates = false",
    ...(sha256 ? ["[extensions]", "\tobjectFormat = sha256"] : []),
    "[gc]",
    "\tauto = 0",
    "[maintenance]",
    "\tauto = false",
    "[transfer]",
    "\tfsckObjects = true",
    "",
  ].join("\n");
}
