import { HarnessError, type Owner } from "@harness/core";
import { execa } from "execa";

const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

/**
 * Gives a tree to a user, whoever has parts of it. No link is followed. Contract: nobody else can write in it meanwhile.
 */
export async function giveTree(path: string, { uid, gid }: Owner): Promise<void> {
  const others = ["(", "!", "-uid", String(uid), "-o", "!", "-gid", String(gid), ")"];
  const give = ["-exec", "chown", "-h", `${uid}:${gid}`, "{}", "+"];
  const { exitCode, stderr } = await execa("find", ["-P", path, ...others, ...give], {
    env: { PATH },
    extendEnv: false,
    reject: false,
  });
  if (exitCode === 0) return;
  throw new HarnessError("storage-failed", `${path} could not be given to its user: ${stderr.slice(0, 500)}`);
}
