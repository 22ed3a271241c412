import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Step, TestDispatcher } from "./dispatcher.ts";

export interface TestRepository {
  readonly path: string;
  /** What git prints, without its last line end. */
  git(...words: string[]): string;
}

/** A repository of the person beside the dispatcher's state root, with one commit on main. */
export function makeRepository(
  { home }: TestDispatcher,
  name: string,
  files: Readonly<Record<string, string>>,
): TestRepository {
  const path = join(dirname(home), name);
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", path, "-c", "user.name=Test", "-c", "user.email=test@localhost", ...words], {
      encoding: "utf8",
    }).trimEnd();
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "-m", "Start");
  return { path, git };
}

export const write = (path: string, content: string): Step => ({ do: "edit", path, write: content });
export const commit = (message: string): Step => ({ do: "commit", message });
export const say = (text: string): Step => ({ do: "say", text: `${text}\n` });
