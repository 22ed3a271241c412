import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isSameProcess, listSessionIds, readSession, stateRoot, systemClock, type StateRoot } from "@harness/core";
import { temporaryDirectory, until } from "@harness/core/testing";
import { endWorkers } from "../src/credentials/end-workers.ts";
import { readDispatcher } from "../src/supervisor/singleton.ts";

/** The launcher of the built bundle: what a person runs. */
export const HARNESS = join(import.meta.dirname, "../bin/harness");

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
  /** The standard output as JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any
  json(): any;
}

export interface RunOptions {
  input?: string;
  directory?: string;
  env?: Record<string, string>;
}

export interface CommandLine {
  readonly root: StateRoot;
  /** A directory that is no repository. */
  readonly directory: string;
  run(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Starts a command and leaves it running. */
  start(words: readonly string[], options?: RunOptions): ChildProcess;
  /** Makes a repository with one commit on `main` and returns its path. */
  repository(name: string, files?: Record<string, string>): string;
  /** Kills the dispatcher as nobody should, and returns when it is gone. */
  killDispatcher(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A state root and a home of its own; everything that runs in it ends with it. */
export function openCommandLine(): CommandLine {
  const home = temporaryDirectory("harness-cli-");
  const root = stateRoot(join(home.path, "state"));
  const started = new Set<ChildProcess>();
  const environment = (env: Record<string, string> = {}) => ({
    PATH: process.env["PATH"] ?? "",
    HOME: home.path,
    HARNESS_HOME: root.path,
    LANG: "C.UTF-8",
    ...env,
  });
  const start = (words: readonly string[], { directory = home.path, env }: RunOptions = {}) => {
    const child = spawn(HARNESS, words, { cwd: directory, env: environment(env), stdio: ["pipe", "pipe", "pipe"] });
    started.add(child);
    child.once("close", () => started.delete(child));
    return child;
  };
  return {
    root,
    directory: home.path,
    start,
    run: async (words, options = {}) => {
      const child = start(words, options);
      const output = collect(child);
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(options.input ?? "");
      const code = await new Promise<number | null>((resolve) => child.once("close", (exit) => resolve(exit)));
      const { stdout, stderr } = output();
      return { code, stdout, stderr, json: () => JSON.parse(stdout) as unknown };
    },
    repository: (name, files = { "README.md": "# A project\n" }) => makeRepository(join(home.path, name), files),
    killDispatcher: async () => {
      const record = readDispatcher(root);
      if (!record) throw new Error("No dispatcher runs.");
      process.kill(record.pid, "SIGKILL");
      await until(() => !isSameProcess(record));
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of started) child.kill("SIGKILL");
      await endEverything(root);
      rmSync(home.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** What a process has written so far. */
export function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (chunk: string) => (texts[name] += chunk));
  }
  return () => texts;
}

async function endEverything(root: StateRoot): Promise<void> {
  const record = readDispatcher(root);
  if (record) {
    process.kill(record.pid, "SIGKILL");
    await until(() => !isSameProcess(record));
  }
  await endWorkers(root, systemClock);
  if (!existsSync(root.sessions)) return;
  for (const id of listSessionIds(root)) {
    const { alive, status } = readSession(root.session(id));
    if (!alive || !status) continue;
    process.kill(status.process.pid, "SIGKILL");
    await until(() => !isSameProcess(status.process));
  }
}

function makeRepository(path: string, files: Record<string, string>): string {
  const script = ["set -e", 'git init -q -b main "$0"', 'cd "$0"'];
  for (const [name, text] of Object.entries(files)) {
    script.push(`mkdir -p "$(dirname '${name}')"`, `printf %s '${text}' > '${name}'`);
  }
  script.push("git add -A", "git -c user.name=Test -c user.email=test@localhost commit -q -m Start");
  const made = spawnSync("sh", ["-c", script.join("\n"), path], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  return path;
}
