import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { HarnessError, systemCode } from "@harness/core";

export interface Edit {
  readonly path: string;
  readonly find?: string | undefined;
  readonly replace?: string | undefined;
  readonly write?: string | undefined;
}

/** Makes an edit, or finds it made: doing it again changes nothing. Returns what was done. Throws `turn-failed`. */
export function editFile(directory: string, edit: Edit): string {
  const path = join(directory, edit.path);
  mkdirSync(dirname(path), { recursive: true });
  const inside = relative(realpathSync(directory), realpathSync(dirname(path)));
  if (inside.startsWith("..")) throw failed(`${edit.path} leads out of the working directory.`);
  const before = readText(path);
  const after = edit.write ?? replaceRegion(edit, before);
  if (after === before) return "unchanged";
  // Beside it first: a full disk must not cut the file off.
  const beside = `${path}.scripted-edit`;
  writeFileSync(beside, after);
  renameSync(beside, path);
  return before === null ? "created" : "changed";
}

function replaceRegion({ path, find = "", replace = "" }: Edit, before: string | null): string {
  if (before === null) throw failed(`${path} does not exist.`);
  // What replaces a text may contain it: then finding it says nothing about whether the edit was made.
  if (replace !== "" && before.includes(replace)) return before;
  if (!before.includes(find)) throw failed(`${path} does not contain ${JSON.stringify(find.slice(0, 80))}.`);
  return before.replace(find, () => replace);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
}

function failed(message: string): HarnessError {
  return new HarnessError("turn-failed", message);
}
