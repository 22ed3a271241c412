import { execa } from "execa";

// Nothing here follows a link on the way down, fails on a tree that is too deep for a path, or leaves the file system:
// all of that can be met where a coding agent was at work.

const ONE_FILE_SYSTEM = process.platform === "darwin" ? "-x" : "--one-file-system";
const quiet = { reject: false, stdio: "ignore" } as const;

/** Deletes whatever stands at `path`. False when something of it is left. */
export async function deleteTree(path: string): Promise<boolean> {
  if (await remove(path)) return true;
  // Folders may be closed even to their owner. One after the other: a folder has to be open before find goes into it.
  const open = ["-xdev", "-type", "d", "!", "-perm", "-0700", "-execdir", "chmod", "u+rwx", "{}", ";"];
  await execa("find", ["-P", path, ...open], { ...quiet, env: { PATH: "/usr/local/bin:/usr/bin:/bin" } });
  return remove(path);
}

async function remove(path: string): Promise<boolean> {
  return (await execa("rm", ["-rf", ONE_FILE_SYSTEM, "--", path], quiet)).exitCode === 0;
}

/** Bytes on the disk. What cannot be read counts for nothing. */
export async function measureTrees(paths: readonly string[]): Promise<number> {
  if (paths.length === 0) return 0;
  const { stdout } = await execa("du", ["-skx", "--", ...paths], { reject: false, stderr: "ignore" });
  return stdout.split("\n").reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0) * 1024, 0);
}
