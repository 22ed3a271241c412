import { readdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { syncDirectory, systemCode } from "@harness/core";
import { execa } from "execa";
import type { Context } from "../context.ts";

type Parts = Pick<Context, "root" | "clock" | "log">;

/** Takes a directory out of sight at once; what is in it is deleted in the background. False when it was not there. */
export async function moveToTrash(parts: Parts, directory: string): Promise<boolean> {
  const { root, clock } = parts;
  const target = join(root.trash, `${basename(directory)}.${clock.now()}`);
  try {
    renameSync(directory, target);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  await syncDirectory(root.sessions);
  void deleteTree(parts, target);
  return true;
}

/** Deletes what earlier removals left. */
export function emptyTrash(parts: Parts): void {
  for (const name of readdirSync(parts.root.trash)) void deleteTree(parts, join(parts.root.trash, name));
}

// rm and chmod follow no link on the way down, know trees that are too deep for a path, and stay on this file system.
async function deleteTree({ log }: Parts, path: string): Promise<void> {
  const remove = () => execa("rm", ["-rf", "--one-file-system", "--", path], { reject: false, stdio: "ignore" });
  if ((await remove()).exitCode === 0) return;
  await execa("chmod", ["-R", "u+rwX", "--", path], { reject: false, stdio: "ignore" });
  const { exitCode } = await remove();
  if (exitCode !== 0)
    log.warn("something in the trash cannot be deleted, the next start tries again", { path, exitCode });
}
