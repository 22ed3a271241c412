import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startGitRemote, temporaryDirectory, type GitRemote } from "@harness/core/testing";
import type { PushGrant } from "../src/protocol.ts";
import { startWorker, WORKER_KEY, type RunningWorker } from "./running-worker.ts";

export const TOKEN = "ghp_canary/0123456789+abcdefghijklmnop";
export const OWN = "refs/heads/harness/own";

export interface GitSession extends AsyncDisposable {
  readonly remote: GitRemote;
  readonly worker: RunningWorker;
  /** The session's worktree, on its own branch. */
  readonly worktree: string;
  readonly socket: string;
  git(...words: string[]): string;
  /** Adds a commit and names it. */
  commit(text: string): string;
  /** Runs git against the remote as the session would. */
  tryGit(...words: string[]): Promise<{ code: number; text: string }>;
}

/** A remote with a `main`, a worker before it, and a session that works on a branch of its own. */
export async function gitSession(push: Partial<PushGrant> = {}): Promise<GitSession> {
  const directory = temporaryDirectory("git-session-");
  const worktree = join(directory.path, "worktree");
  const remote = await startGitRemote({ token: TOKEN });
  const environment = {
    PATH: process.env["PATH"],
    HOME: directory.path,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.invalid",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.invalid",
  };
  mkdirSync(worktree);
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", worktree, ...words], { env: environment, encoding: "utf8" }).trim();
  let made = 0;
  const commit = (text: string) => {
    writeFileSync(join(worktree, "file.txt"), `${text}\n`);
    git("add", "--all");
    git("commit", "--quiet", "-m", `${text} ${made++}`);
    return git("rev-parse", "HEAD");
  };
  git("init", "--quiet", "--initial-branch=main");
  commit("first");
  git("push", "--quiet", remote.repository, "main");
  git("checkout", "--quiet", "-b", "harness/own");
  const worker = await startWorker(directory.path, {
    wire: "git",
    baseUrl: remote.url,
    user: "git",
    secret: TOKEN,
    takenMs: 500,
  });
  const socket = await worker.grant("s1", { push: { ref: OWN, workflows: true, ...push } });

  const bridge = createServer((inside) => {
    const outside = connect(socket);
    inside.pipe(outside).pipe(inside);
    for (const end of [inside, outside]) end.on("error", () => [inside, outside].forEach((one) => one.destroy()));
  }).listen(0, "127.0.0.1");
  await once(bridge, "listening");
  const host = `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`;
  git("config", "remote.origin.url", `${host}/remote`);
  git("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
  git("config", `http.${host}/.extraHeader`, `Authorization: Bearer ${WORKER_KEY}`);

  return {
    remote,
    worker,
    worktree,
    socket,
    git,
    commit,
    tryGit: (...words) =>
      new Promise((resolve) =>
        execFile("git", ["-C", worktree, ...words], { env: environment }, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : 1, text: stdout + stderr }),
        ),
      ),
    async [Symbol.asyncDispose]() {
      bridge.close();
      await worker[Symbol.asyncDispose]();
      await remote[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
