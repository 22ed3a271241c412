import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendMessage } from "@harness/core";
import { startGitRemote, until, type GitRemote } from "@harness/core/testing";
import { onTestFinished } from "vitest";
import { parseConfig } from "../../config.ts";
import { createSession } from "../../sessions/create.ts";
import { getSession } from "../../sessions/get.ts";
import { runDispatcher, temporaryRoot, testConfig, type TestDispatcher } from "../../supervisor/testing/dispatchers.ts";
import { storeCredential } from "../store.ts";

export const TOKEN = "ghp_canary/0123456789+abcdefghijklmnop_qrstuv";
export const OWN = "refs/heads/harness/pusher";

type Place = ReturnType<typeof temporaryRoot>;

/** A repository, its remote, and a dispatcher whose sessions may push there. */
export interface Stage extends AsyncDisposable {
  readonly remote: GitRemote;
  readonly repository: string;
  readonly place: Place;
  readonly dispatcher: TestDispatcher;
  /** Has a session run shell lines, and returns what they printed. */
  run(id: string, script: string): Promise<string>;
  spawn(more?: object): ReturnType<typeof createSession>;
}

export async function stage(settings = "push: shop", place: Place = temporaryRoot()): Promise<Stage> {
  const remote = await startGitRemote({ user: "me", token: TOKEN });
  onTestFinished(() => remote[Symbol.asyncDispose]());
  const repository = `${place.root.path}-repository`;
  mkdirSync(repository, { recursive: true });
  const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words]);
  git("init", "-q", "-b", "main");
  writeFileSync(join(repository, "file.txt"), "one\n");
  git("add", ".");
  git("-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "first");
  git("push", "-q", remote.repository, "main");
  const { repositories } = parseConfig(`repositories: { "${repository}": { ${settings} } }`);
  const setAt = new Date().toISOString();
  const git1 = { url: remote.url, user: "me" };
  await storeCredential(place.root, { provider: "shop", secret: TOKEN, setAt, git: git1 });
  const dispatcher = await runDispatcher(place.root, { config: testConfig({ repositories }) });
  const { context } = dispatcher;
  return {
    remote,
    repository,
    place,
    dispatcher,
    spawn: (more = {}) =>
      createSession(context, { task: "true", name: "pusher", repository, command: ["sh"], push: true, ...more }),
    async run(id, script) {
      const { turns } = getSession(context, id);
      const said = join(place.root.session(id).worktree, "said.txt");
      const prompt = {
        kind: "prompt",
        body: { text: `{ ${script}\n} > said.txt 2>&1; echo "ended $?" >> said.txt` },
      } as const;
      await sendMessage(place.root.session(id), prompt);
      await until(() => getSession(context, id).turns > turns, { timeoutMs: 20_000, what: script });
      return readFileSync(said, "utf8");
    },
    async [Symbol.asyncDispose]() {
      await dispatcher[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}
