import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sendMessage, systemClock } from "@harness/core";
import { requireTool, startGitRemote, until, type GitRemote } from "@harness/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { parseConfig } from "../config.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { runDispatcher, temporaryRoot, testConfig, type TestDispatcher } from "../supervisor/testing/dispatchers.ts";
import { forgetCredential } from "./forget-credential.ts";
import { storeCredential } from "./store.ts";
import { readWorker } from "./worker-record.ts";

const TOKEN = "ghp_canary/0123456789+abcdefghijklmnop_qrstuv";
const BASIC = Buffer.from(`me:${TOKEN}`).toString("base64");
const OWN = "refs/heads/harness/pusher";

interface Stage extends AsyncDisposable {
  readonly remote: GitRemote;
  readonly repository: string;
  readonly place: ReturnType<typeof temporaryRoot>;
  readonly dispatcher: TestDispatcher;
  /** Has a session run shell lines, and returns what they printed. */
  run(id: string, script: string): Promise<string>;
  spawn(more?: object): ReturnType<typeof createSession>;
}

async function stage(settings = "push: shop"): Promise<Stage> {
  const place = temporaryRoot();
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

const holdsToken = (bytes: Buffer) =>
  [TOKEN, encodeURIComponent(TOKEN), BASIC, Buffer.from(TOKEN).toString("hex")].some((form) => bytes.includes(form));

function* filesBelow(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function processesWithToken(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => ["environ", "cmdline"].map((file) => `/proc/${pid}/${file}`))
    .filter((path) => {
      try {
        return holdsToken(readFileSync(path));
      } catch {
        // It has ended.
        return false;
      }
    });
}

const WALLS = ["bubblewrap", "none"].filter((wall) => wall === "none" || requireTool("bwrap"));

test.each(WALLS)(
  "a session pushes its own branch and nothing else, sandbox %s",
  { timeout: 60_000 },
  async (sandbox) => {
    await using all = await stage();
    const { remote, run, place, dispatcher } = all;
    const { id, notes } = await all.spawn({ sandbox });
    expect(notes.join()).toContain(`It may push harness/pusher to ${remote.url}, with the credential shop.`);
    await until(() => getSession(dispatcher.context, id).turns === 1);
    const before = remote.refs();
    const pushed = await run(
      id,
      "echo two > file.txt; git commit -qam work; git push && git fetch && git rev-parse HEAD",
    );
    expect(pushed).toContain("ended 0");
    const head = remote.refs()[OWN] ?? "";
    expect(pushed).toContain(head);
    expect(remote.refs()).toEqual({ ...before, [OWN]: head });
    expect(await run(id, "git commit -q --allow-empty -m more; git push; git log -1 --format=%H origin/main")).toMatch(
      new RegExp(`${before["refs/heads/main"]}\nended 0`),
    );

    const now = remote.refs();
    expect(now[OWN]).not.toBe(head);
    for (const words of [
      "HEAD:main",
      "HEAD:refs/tags/v1",
      "--delete harness/pusher",
      "HEAD HEAD:other",
      "--force HEAD~1:harness/pusher",
    ])
      expect(await run(id, `git push origin ${words}`)).toMatch(/rejected[^]*ended 1/);
    expect(remote.refs()).toEqual(now);

    // Whatever the session looks at, it finds a worker key.
    const found = await run(
      id,
      "cat $GIT_CONFIG_SYSTEM; env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null; git config -l; true",
    );
    expect(found).toContain("harness-worker-key-");
    expect(holdsToken(Buffer.from(found))).toBe(false);
    expect(processesWithToken()).toEqual([]);
    const { credential, directory } = place.root.workerOf("shop");
    const files = [...filesBelow(place.root.path)].filter((path) => holdsToken(readFileSync(path)));
    expect(files).toEqual([credential]);
    const lines = readFileSync(join(directory, "calls.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ push }) => push?.accepted === true)).toMatchObject([
      { session: id, status: 200, push: { ref: OWN, new: head } },
      { session: id, status: 200, push: { ref: OWN, old: head, new: now[OWN] } },
    ]);
    expect(remote.requests.every(({ headers }) => headers.authorization === `Basic ${BASIC}`)).toBe(true);

    const worker = readWorker(place.root, "shop");
    expect(await forgetCredential(place.root, systemClock, "shop")).toBe(true);
    expect(readWorker(place.root, "shop")).toBeNull();
    expect(worker).not.toBeNull();
    expect(await run(id, "git commit -q --allow-empty -m late; git push")).toMatch(/does not answer[^]*ended 128/);
    expect(remote.refs()).toEqual(now);
  },
);

test("a session that was not let push has no remote, and one is let only where config.yaml says with what", async () => {
  await using all = await stage("ports: [web]");
  await expect(all.spawn()).rejects.toMatchObject({ code: "push-not-configured" });
  await expect(all.spawn({ repository: undefined })).rejects.toMatchObject({ code: "request-invalid" });
  await expect(all.spawn({ network: "none" })).rejects.toMatchObject({ code: "request-invalid" });
  expect(readdirSync(all.place.root.sessions)).toEqual([]);
  const { id } = await all.spawn({ push: undefined });
  await until(() => getSession(all.dispatcher.context, id).turns === 1);
  expect(await all.run(id, "git remote -v; git push; env | grep GIT_CONFIG")).toMatch(
    /^fatal: No configured push destination[^]*ended 1\n$/,
  );
  expect(existsSync(all.place.root.session(id).gitConfig)).toBe(false);
  expect(all.remote.requests).toEqual([]);
});

test("a credential that opens a remote is no provider's key, whatever its name", async () => {
  await using place = temporaryRoot();
  const { providers } = parseConfig(
    `providers: { shop: { wire: anthropic, baseUrl: "http://127.0.0.1:9", model: m } }`,
  );
  const git = { url: "https://example.invalid/me/shop.git", user: "me" };
  await storeCredential(place.root, { provider: "shop", secret: TOKEN, setAt: new Date().toISOString(), git });
  await using dispatcher = await runDispatcher(place.root, { config: testConfig({ providers }) });
  const { context } = dispatcher;
  expect(context.credentials.providerOf({ provider: "shop" } as never)).toBeNull();
});
