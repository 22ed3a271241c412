import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateRoot, systemClock, type Owner, type StateRoot } from "@harness/core";
import { isMissing } from "@harness/core/testing";
import { execa } from "execa";
import type { Config } from "../../config.ts";
import { endWorkers } from "../../credentials/end-workers.ts";
import { endAgents } from "../../supervisor/testing/dispatchers.ts";
import { deleteTree } from "../../trees.ts";
import { findClosed } from "../closed-path.ts";
import { decideUsers } from "../decide.ts";

/** A state root that other users can reach, and a person's repository that they cannot. */
export interface OpenPlace {
  readonly root: StateRoot;
  /** One commit on `main`, in a directory that is closed to everybody else. */
  repository(name: string): string;
  /** Runs a script of Node as somebody, outside of every sandbox, and returns what it prints as JSON. */
  runAs<T>(owner: Owner, script: string, input: unknown): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

export function openPlace(base = tmpdir()): OpenPlace {
  const path = mkdtempSync(join(base, "harness-users-"));
  chmodSync(path, 0o711);
  const home = join(path, "person");
  mkdirSync(home, { mode: 0o700 });
  const root = stateRoot(join(path, "state"));
  return {
    root,
    repository(name) {
      const source = join(home, name);
      const git = (...args: string[]) => execFileSync("git", ["-C", source, ...args], { stdio: "ignore" });
      mkdirSync(source);
      writeFileSync(join(source, "shared.txt"), "one\ntwo\nthree\n");
      git("init", "-q", "-b", "main");
      git("config", "user.name", "Ada Person");
      git("config", "user.email", "ada@example.org");
      git("add", ".");
      git("commit", "-q", "-m", "first");
      return source;
    },
    async runAs(owner, script, input) {
      const words = ["--input-type=module", "-e", script, JSON.stringify(input)];
      const { stdout } = await execa(process.execPath, words, { ...owner, cwd: "/", env: {}, extendEnv: false });
      return JSON.parse(stdout);
    },
    async [Symbol.asyncDispose]() {
      await endAgents(root);
      await endWorkers(root, systemClock);
      await deleteTree(path);
    },
  };
}

/**
 * Whether this machine lets tests change users; says so where it does not. A checkout in a closed home is no fault of the
 * machine's, and of no use to anybody else.
 */
export async function requireUsers(root: StateRoot, config: Config): Promise<boolean> {
  const verdict = await decideUsers({ root, config });
  if (verdict.own) return true;
  if (findClosed(import.meta.filename) === null) return isMissing("users", verdict.why);
  console.log(`NOT RUN: users. ${verdict.why}`);
  return false;
}
