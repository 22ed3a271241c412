import { chmodSync, chownSync, statSync } from "node:fs";
import { chmod, copyFile, readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Its group goes in, and nobody else. */
const GROUP_ONLY = 0o750;
const READABLE = 0o444;
const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/**
 * Lets the sessions of one repository read its hub, as a group that nobody else is in. Returns the group. Only the
 * directory at the top has it: what is linked from the person's own repository keeps the owner, group and mode it has.
 */
export async function openHub(hub: string, chooseGroup: () => Promise<number>): Promise<number> {
  const gid = await chooseGroup();
  const facts = statSync(hub);
  if (facts.gid === gid && (facts.mode & 0o777) === GROUP_ONLY) return gid;
  const objects = join(hub, "objects");
  // Made by a process that kept all it wrote to itself.
  const mode = { env: { PATH }, extendEnv: false } as const;
  await execa("find", ["-P", objects, "-type", "d", "!", "-perm", "-0055", "-exec", "chmod", "go+rx", "{}", "+"], mode);
  const own = ["-type", "f", "-links", "1", "!", "-perm", "-0044"];
  await execa("find", ["-P", objects, ...own, "-exec", "chmod", "go+r", "{}", "+"], mode);
  await copyClosed(join(objects, "pack"));
  chownSync(hub, 0, gid);
  chmodSync(hub, GROUP_ONLY);
  return gid;
}

// A pack that the person keeps to themselves, under another name: theirs stays as it is.
async function copyClosed(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const { mode } = await stat(path);
    if ((mode & READABLE) === READABLE) continue;
    await copyFile(path, `${path}.open`);
    await chmod(`${path}.open`, READABLE);
    await rename(`${path}.open`, path);
  }
}
