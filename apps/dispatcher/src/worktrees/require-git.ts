import { HarnessError } from "@harness/core";
import { type GitContext, runGit } from "./git.ts";

// merge-tree --write-tree came with 2.38.
const OLDEST = [2, 38] as const;

const checked = new Map<string, Promise<string>>();

/** The version of the git on PATH. Throws `git-missing` when there is none, or only one that cannot merge without a checkout. */
export async function requireGit(context: GitContext): Promise<string> {
  const path = context.environment["PATH"] ?? "";
  const known = checked.get(path) ?? readVersion(context);
  checked.set(path, known);
  try {
    return await known;
  } catch (error) {
    checked.delete(path);
    throw error;
  }
}

async function readVersion(context: GitContext): Promise<string> {
  const { text } = await runGit(context, ["version"], { cwd: "/" });
  const version = parseVersion(text);
  if (version !== null && isNewEnough(version)) return version;
  throw new HarnessError("git-missing", `The git on PATH is too old: ${version ?? text.slice(0, 80)}.`);
}

export function parseVersion(text: string): string | null {
  return /\b(\d+\.\d+(?:\.\d+)*)/.exec(text)?.[1] ?? null;
}

export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
