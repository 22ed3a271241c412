import { lstatSync, readlinkSync, renameSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { HarnessError, makeDirectory, systemCode } from "@harness/core";

export interface Installed {
  name: string;
  path: string;
  target: string;
  outcome: "linked" | "replaced" | "kept";
}

/** Links one launcher into `directory`. A file that is not a link to one of ours stays, unless `force`. */
export function installLauncher(target: string, directory: string, force: boolean): Installed {
  const name = basename(target);
  const path = join(directory, name);
  try {
    makeDirectory(directory, 0o755);
    const found = lookAt(path);
    if (found === target) return { name, path, target, outcome: "kept" };
    if (found !== null && !force && !isOurs(found, target)) {
      throw new HarnessError("file-exists", `${path} exists and is not ours.`, {
        hint: "Look at it. --force replaces it, --dir chooses another place.",
      });
    }
    link(target, path);
    return { name, path, target, outcome: found === null ? "linked" : "replaced" };
  } catch (error) {
    throw explain(error, directory);
  }
}

// Where a link leads, "" for anything that is no link, null for nothing.
function lookAt(path: string): string | null {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return null;
  return stats.isSymbolicLink() ? resolve(dirname(path), readlinkSync(path)) : "";
}

// A link of another or an older checkout ends like ours.
function isOurs(found: string, target: string): boolean {
  const ending = target.split("/").slice(-4).join("/");
  return found.endsWith(`/${ending}`);
}

// Beside and renamed, so that there is a launcher at every moment.
function link(target: string, path: string): void {
  const beside = `${path}.${process.pid}`;
  symlinkSync(target, beside);
  renameSync(beside, path);
}

function explain(error: unknown, directory: string): unknown {
  const code = systemCode(error);
  if (!["EACCES", "ENOENT", "EPERM", "EROFS", "ENOTDIR"].includes(code ?? "")) return error;
  return new HarnessError("storage-failed", `${directory} cannot be written (${code}).`, {
    hint: "Choose another place with --dir, or use sudo.",
    cause: error,
  });
}
