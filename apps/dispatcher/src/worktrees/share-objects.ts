import { constants } from "node:fs";
import { copyFile, link, readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "@harness/core";
import { type GitContext, runGit } from "./git.ts";

const TIMEOUT_MS = 30 * 60_000;
const PACK_FILE = /^pack-[0-9a-f]{40,64}\.(pack|idx|rev|bitmap)$/;
const FOLDER = /^[0-9a-f]{2}$/;
const LOOSE = /^([0-9a-f]{38}|[0-9a-f]{62})$/;

/** Gives the packs of one repository to another: as links, or as copies where both are not on one filesystem. */
export async function linkPacks(from: string, to: string): Promise<void> {
  for (const name of (await list(from)).filter((entry) => PACK_FILE.test(entry))) {
    await linkOrCopy(join(from, name), join(to, name));
  }
}

/**
 * Writes the loose objects of one repository as a pack of another, where there are any. They are named one by one, so that
 * no history is walked, and not compared with each other: what takes long is only to read them.
 */
export async function packLoose(context: GitContext, objects: string, gitDirectory: string): Promise<void> {
  const names: string[] = [];
  for (const folder of (await list(objects)).filter((entry) => FOLDER.test(entry))) {
    const files = await list(join(objects, folder));
    names.push(...files.filter((file) => LOOSE.test(file)).map((file) => `${folder}${file}\n`));
  }
  if (names.length === 0) return;
  const args = ["pack-objects", "-q", "--window=0", join(gitDirectory, "objects", "pack", "pack")];
  const config = ["core.fsync=all"];
  await runGit(context, args, { gitDirectory, config, input: names.join(""), timeoutMs: TIMEOUT_MS });
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    // Another disk, or a filesystem or a file of somebody else that allows no link.
    if (!["EXDEV", "EPERM", "EMLINK", "ENOTSUP", "EOPNOTSUPP"].includes(systemCode(error) ?? "")) throw error;
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}

async function list(directory: string): Promise<string[]> {
  return readdir(directory).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  });
}
