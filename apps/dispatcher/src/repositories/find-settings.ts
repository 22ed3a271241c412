import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Context } from "../context.ts";
import type { RepositorySettings } from "./settings.ts";

type Known = Pick<Context, "config" | "environment">;

/** What config.yaml says about the repository whose main checkout, or bare directory, is at the real path `root`. */
export function findSettings({ config, environment }: Known, root: string): RepositorySettings | null {
  const home = environment["HOME"] || homedir();
  const found = Object.entries(config.repositories).find(([name]) => realPathOf(expand(name, home)) === root);
  return found?.[1] ?? null;
}

function expand(name: string, home: string): string {
  return name.startsWith("~/") ? join(home, name.slice(2)) : name;
}

function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // It is not there now: no session can be made of it either.
    return null;
  }
}
