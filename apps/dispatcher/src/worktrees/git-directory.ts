import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "@harness/core";
import type { Identity } from "./identity.ts";

export interface GitDirectoryPlan {
  objectFormat: "sha1" | "sha256";
  /** The object directory that is borrowed from. */
  borrow: string;
  /** Name of the branch that HEAD is on. */
  branch: string;
  /** Full name to commit. */
  refs: ReadonlyMap<string, string>;
  identity?: Identity;
  /** Lines of a packed-refs file, sorted, after every branch. */
  tags?: string;
  /** Where the history ends early: the `shallow` file of the repository borrowed from. */
  shallow?: string | null;
}

/** Writes what `git init` and `git clone --shared` would, in a few files and without a process. */
export async function writeGitDirectory(path: string, plan: GitDirectoryPlan): Promise<void> {
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info"]) {
    await mkdir(join(path, folder), { recursive: true });
  }
  await writeFile(join(path, "objects", "info", "alternates"), `${plan.borrow}\n`);
  await writeFile(join(path, "packed-refs"), packedRefs(plan));
  await writeFile(join(path, "config"), configText(plan));
  if (plan.shallow) await writeFile(join(path, "shallow"), plan.shallow);
  await writeFile(join(path, "HEAD"), `ref: refs/heads/${plan.branch}\n`);
}

/** The tags of a repository of ours, as lines of its packed-refs file. */
export async function readTags(gitDirectory: string): Promise<string> {
  return pickTags((await readIfThere(join(gitDirectory, "packed-refs"))) ?? "");
}

/** Where the history of a repository of ours ends early; null when it is whole. */
export async function readShallow(gitDirectory: string): Promise<string | null> {
  return readIfThere(join(gitDirectory, "shallow"));
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  });
}

/** A line that begins with ^ belongs to the tag before it. */
export function pickTags(text: string): string {
  let inTags = false;
  const lines = text.split("\n").filter((line) => {
    if (line.startsWith("^")) return inTags;
    inTags = / refs\/tags\/\S/.test(line);
    return inTags;
  });
  return lines.map((line) => `${line}\n`).join("");
}

function packedRefs({ refs, tags = "" }: GitDirectoryPlan): string {
  const lines = [...refs].map(([name, oid]) => ({ name, oid })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `# pack-refs with: peeled sorted \n${lines.map(({ name, oid }) => `${oid} ${name}\n`).join("")}${tags}`;
}

function configText({ objectFormat, identity }: GitDirectoryPlan): string {
  const sha256 = objectFormat === "sha256";
  return [
    "[core]",
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    "\tfilemode = true",
    "\tbare = false",
    "\tlogallrefupdates = true",
    // What `git init` finds out about the filesystem of a Mac.
    ...(process.platform === "darwin" ? ["\tignorecase = true", "\tprecomposeunicode = true"] : []),
    ...(sha256 ? ["[extensions]", "\tobjectFormat = sha256"] : []),
    ...(identity === undefined
      ? []
      : ["[user]", `\tname = ${quote(identity.name)}`, `\temail = ${quote(identity.email)}`]),
    // Housekeeping ends with the command that started it, and leaves no process behind.
    "[gc]",
    "\tautoDetach = false",
    "[maintenance]",
    "\tautoDetach = false",
    "",
  ].join("\n");
}

/** A value of a git configuration file. */
export function quote(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}
