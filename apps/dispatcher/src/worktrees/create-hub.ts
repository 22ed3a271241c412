import { type BigIntStats, existsSync } from "node:fs";
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { randomBytes } from "node:crypto";
import { HarnessError, systemCode } from "@harness/core";
import type { Place } from "./find-repository.ts";
import { type GitContext, runGit } from "./git.ts";
import { makeDirectory } from "./paths.ts";

const TIMEOUT_MS = 30 * 60_000;
const ATTEMPTS = 3;

/** Unfinished hubs have this in front of their name. */
export const UNFINISHED = ".new-";

/** Makes the hub beside its place and renames it there: a hub that can be seen is whole. */
export async function createHub(context: GitContext, source: Place, hub: string): Promise<void> {
  makeDirectory(context.root.hub);
  const fresh = join(dirname(hub), `${UNFINISHED}${randomBytes(6).toString("hex")}`);
  try {
    await copyObjects(context, source, fresh);
    if (await hasLooseObjects(fresh))
      await runGit(context, ["repack", "-d", "-q"], { gitDirectory: fresh, timeoutMs: TIMEOUT_MS });
    await writeFile(join(fresh, "config"), hubConfig(source.objectFormat));
    await rename(fresh, hub);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    // Another process was faster: its hub is as good.
    if (["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "") && existsSync(hub)) return;
    throw error;
  }
}

// On one filesystem git links the packs instead of copying them: docs/decisions/0005-a-hub-links-the-packs.md. Housekeeping of the
// person in the middle of it could leave the copy short of an object; it always adds or removes a pack.
async function copyObjects(context: GitContext, source: Place, fresh: string): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await packsOf(source);
    try {
      await cloneBare(context, source, { fresh, transfer: attempt === ATTEMPTS });
      if (attempt === ATTEMPTS || (await packsOf(source)) === before) return;
    } catch (error) {
      if (attempt === ATTEMPTS || (await packsOf(source)) === before) throw error;
    }
    await rm(fresh, { recursive: true, force: true });
  }
  throw new HarnessError("internal", "A loop with a last attempt ended without one.");
}

async function cloneBare(
  context: GitContext,
  source: Place,
  options: { fresh: string; transfer: boolean },
): Promise<void> {
  // --dissociate: a repository that borrows objects from a third one lends none of those.
  const how = options.transfer ? ["--no-local"] : ["--dissociate"];
  const args = ["clone", "--quiet", "--bare", "--template=", ...how, "--", source.gitDirectory, options.fresh];
  await runGit(context, args, { cwd: context.root.hub, trust: "person", timeoutMs: TIMEOUT_MS });
}

async function packsOf(source: Place): Promise<string> {
  const facts: BigIntStats | null = await stat(join(source.gitDirectory, "objects", "pack"), { bigint: true }).catch(
    () => null,
  );
  return facts === null ? "none" : `${facts.ino}:${facts.mtimeNs}`;
}

async function hasLooseObjects(gitDirectory: string): Promise<boolean> {
  return (await readdir(join(gitDirectory, "objects"))).some((name) => /^[0-9a-f]{2}$/.test(name));
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
