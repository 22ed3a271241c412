import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateRoot } from "@harness/core";
import { temporaryDirectory } from "@harness/core/testing";
import { createWorktree } from "../clone.ts";
import type { GitContext } from "../git.ts";
import type { WorktreeRecord } from "../record.ts";
import { inspectSource } from "../source.ts";

/** A person with a repository and a state root, all in one temporary directory. */
export interface Lab {
  readonly path: string;
  readonly context: GitContext;
  /** The person's repository: branch main, one commit. */
  readonly source: string;
  /** Runs git as whoever is at home in the lab, and returns what it prints. */
  git(cwd: string, ...args: string[]): string;
  write(directory: string, files: Record<string, string>): void;
  commit(directory: string, files: Record<string, string>, message?: string): string;
  /** A session's worktree on its own branch. */
  session(id: string, options?: { branch?: string; base?: string; continue?: boolean }): Promise<WorktreeRecord>;
  worktree(id: string): string;
  [Symbol.asyncDispose](): Promise<void>;
}

export const LINES = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`);

/** `shared.txt` with some of its thirty lines changed. */
export function edited(changes: Record<number, string>): string {
  return LINES.map((line, index) => (changes[index + 1] === undefined ? line : `${changes[index + 1]}\n`)).join("");
}

/** With `state` the state root is there, which then is not taken away. */
export function openLab(place: { state?: string; environment?: Record<string, string> } = {}): Lab {
  const directory = temporaryDirectory();
  const home = join(directory.path, "home");
  const source = join(directory.path, "project");
  const root = stateRoot(place.state ?? join(directory.path, "state"));
  const environment = { PATH: process.env["PATH"], HOME: home, ...place.environment };
  const context = { root, environment };
  mkdirSync(home);
  for (const path of [root.sessions, root.hub, root.run.sessions]) mkdirSync(path, { recursive: true });
  writeFileSync(
    join(home, ".gitconfig"),
    "[user]\n\tname = Ada Person\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tautoDetach = false\n[maintenance]\n\tautoDetach = false\n",
  );

  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", args, {
      cwd,
      env: { ...environment, LC_ALL: "C" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  const write = (folder: string, files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const commit = (folder: string, files: Record<string, string>, message = "change") => {
    write(folder, files);
    git(folder, "add", "-A");
    git(folder, "commit", "-q", "-m", message);
    return git(folder, "rev-parse", "HEAD");
  };
  git(directory.path, "init", "-q", source);
  commit(source, { "shared.txt": LINES.join(""), "src/one.ts": "export const one = 1;\n" }, "first");

  return {
    path: directory.path,
    context,
    source,
    git,
    write,
    commit,
    session: async (id, options = {}) => {
      const branch = options.branch ?? `work/${id}`;
      const input = { path: source, base: options.base, branch, continue: options.continue };
      return createWorktree(context, {
        id,
        source: await inspectSource(context, input),
        branch,
        continue: options.continue,
      });
    },
    worktree: (id) => root.session(id).worktree,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** One hash over every name, kind and byte below a directory. */
export function hashTree(directory: string): string {
  const hash = createHash("sha256");
  const visit = (path: string, name: string) => {
    const facts = lstatSync(path);
    hash.update(`${name}\0${facts.mode}\0`);
    if (facts.isDirectory())
      for (const child of readdirSync(path).toSorted()) visit(join(path, child), `${name}/${child}`);
    else hash.update(facts.isSymbolicLink() ? readlinkSync(path) : readFileSync(path));
  };
  visit(directory, "");
  return hash.digest("hex");
}
