import { readFileSync } from "node:fs";
import { systemCode } from "@harness/core";
import { execa } from "execa";

const PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
const PATIENCE_MS = 5000;

/** The group that an account has of itself; null where the number is no account's. */
export async function primaryGroup(uid: number): Promise<number | null> {
  const options = { env: { PATH }, extendEnv: false, reject: false, timeout: PATIENCE_MS } as const;
  const { stdout } = await execa("id", ["-g", String(uid)], options);
  // Not every `id` takes a number.
  return /^\d+$/.test(stdout) ? Number(stdout) : groupInFile(uid);
}

function groupInFile(uid: number): number | null {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((each) => each.split(":")[2] === String(uid));
    const gid = line?.split(":")[3] ?? "";
    return /^\d+$/.test(gid) ? Number(gid) : null;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
