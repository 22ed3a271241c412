import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { runDispatcher, temporaryRoot, testConfig } from "../supervisor/testing/dispatchers.ts";
import { createSession } from "./create.ts";
import { getSession } from "./get.ts";
import { removeSession } from "./remove.ts";
import { SpawnInputSchema } from "./schema.ts";

const ECHO = ["sh", "-c", "cat"];

function makeRepository(path: string): void {
  mkdirSync(path, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@b.c", ...args], { cwd: path });
  git("init", "-q", "-b", "main");
  writeFileSync(join(path, "file.txt"), "one\n");
  git("add", ".");
  git("commit", "-qm", "first");
  git("branch", "taken");
}

test("two sessions on one repository work side by side and see nothing of each other", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = `${root.path}-repository`;
  makeRepository(repository);
  writeFileSync(join(repository, "file.txt"), "changed, not committed\n");
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const script = 'cat > said.txt; echo "$HARNESS_SESSION" > file.txt; git add .; git commit -qm work; pwd';
  const command = ["sh", "-c", script];
  const [feature, hotfix] = await Promise.all([
    createSession(context, { task: "feature", repository, branch: "feature/a", command }),
    createSession(context, { task: "hotfix", repository, branch: "hotfix/b", command }),
  ]);
  for (const { id, task } of [feature, hotfix]) {
    await until(() => getSession(context, id).turns === 1);
    const { worktree } = root.session(id);
    expect(getSession(context, id)).toMatchObject({
      lastLine: worktree,
      repository,
      base: "main",
      paths: { worktree },
    });
    expect(readFileSync(join(worktree, "said.txt"), "utf8").trim()).toBe(task);
    expect(readFileSync(join(worktree, "file.txt"), "utf8")).toBe(`${id}\n`);
  }
  expect(feature.notes.join()).toContain("not committed and left out");
  expect(readFileSync(join(repository, "file.txt"), "utf8")).toBe("changed, not committed\n");

  const removal = await removeSession(context, feature.id);
  expect(removal.salvaged.join()).toContain("refs/harness/salvage/");
  // Its branch's name is free again.
  await createSession(context, { task: "again", repository, branch: "feature/a", command: ECHO });
});

test.each([
  ["no repository there", { repository: "/nowhere" }, "repository-not-found"],
  ["a relative repository", { repository: "here" }, "request-invalid"],
  ["an unknown base", { base: "nothing-of-the-kind" }, "ref-not-found"],
  ["a branch that exists", { branch: "taken" }, "branch-exists"],
  ["a branch that is an option", { branch: "--output=PWNED" }, "branch-invalid"],
  ["an unknown agent", { agent: "nobody", command: undefined }, "agent-not-found"],
])("%s is refused, and the disk is as if never asked", async (_name, changes, code) => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = `${root.path}-repository`;
  makeRepository(repository);
  await using dispatcher = await runDispatcher(root);
  const creation = createSession(dispatcher.context, {
    task: "x",
    repository,
    branch: "new",
    command: ECHO,
    ...changes,
  });
  await expect(creation).rejects.toMatchObject({ code });
  expect(readdirSync(root.sessions)).toEqual([]);
  expect(readdirSync(root.run.sessions)).toEqual([]);
  expect(readdirSync(join(root.run.path, "creating"))).toEqual([]);
  expect(dispatcher.context.supervisor.health().sessions).toBe(0);
});

test("a start that fails gives the branch's name back", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = `${root.path}-repository`;
  makeRepository(repository);
  {
    await using dispatcher = await runDispatcher(root, { config: testConfig({ agentCommand: ["false"] }) });
    const input = { task: "x", repository, branch: "mine", command: ECHO };
    await expect(createSession(dispatcher.context, input)).rejects.toMatchObject({ code: "spawn-failed" });
    expect(readdirSync(root.sessions)).toEqual([]);
  }
  await using dispatcher = await runDispatcher(root);
  const session = await createSession(dispatcher.context, { task: "x", repository, branch: "mine", command: ECHO });
  expect(session.alive).toBe(true);
});

test("a session of a linked worktree says which repository its merges are of", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = `${root.path}-repository`;
  const linked = `${root.path}-linked`;
  makeRepository(repository);
  execFileSync("git", ["-C", repository, "worktree", "add", "-q", "-b", "side", linked]);
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", repository: linked, branch: "mine", command: ECHO });
  expect(getSession(context, id)).toMatchObject({ repository: realpathSync(linked), source: realpathSync(repository) });
  const { id: without } = await createSession(context, { task: "x", command: ECHO });
  expect(getSession(context, without).source).toBeNull();
});

test("a name belongs to one session", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const { context } = dispatcher;
  const { id } = await createSession(context, { task: "x", name: "one", command: ECHO });
  for (const name of ["one", id]) {
    const again = createSession(context, { task: "x", name, command: ECHO });
    await expect(again).rejects.toMatchObject({ code: "session-exists", message: expect.stringContaining(id) });
  }
});

test("no key of a provider reaches a session: where one is needed it gets a worker key", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const file = parseConfig(
    "providers: { cloud: { wire: anthropic, keyEnv: CLOUD_KEY }, other: { wire: gemini, keyEnv: OTHER_KEY } }",
  );
  const environment = {
    PATH: process.env["PATH"],
    CLOUD_KEY: "canary-cloud",
    OTHER_KEY: "canary-other",
    PERSONAL: "canary-personal",
  };
  const config = testConfig({ providers: file.providers });
  await using dispatcher = await runDispatcher(root, { config, environment });
  const { context } = dispatcher;
  const { id } = await createSession(context, {
    task: "x",
    provider: "cloud",
    command: ["sh", "-c", "env > env.txt; echo done"],
  });
  await until(() => getSession(context, id).turns === 1);
  const seen = readFileSync(join(root.session(id).work, "env.txt"), "utf8");
  expect(seen).toMatch(/^CLOUD_KEY=harness-worker-key-[\w-]{43}$/m);
  expect(seen).not.toContain("canary");
  expect(getSession(context, id)).toMatchObject({ keyInWorker: true, keyInsideSession: false, notes: [] });

  const { spec, context: memory, directory } = root.session(id);
  for (const path of [spec, memory, join(directory, "status.json"), root.runOf(id).wanted, root.run.log]) {
    expect(readFileSync(path, "utf8")).not.toContain("canary");
  }
  // What a coding agent writes into session.json gets it no other key.
  writeFileSync(spec, readFileSync(spec, "utf8").replace('"CLOUD_KEY"', '"OTHER_KEY"').replace('"cloud"', '"other"'));
  const { pid } = getSession(context, id);
  process.kill(pid!, "SIGKILL");
  const again = await until(() => {
    const now = getSession(context, id);
    return now.alive && now.pid !== pid && now;
  });
  expect(readFileSync(`/proc/${again.pid}/environ`, "utf8")).not.toContain("canary");
});

test("what a session owns is its person's alone", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  await using dispatcher = await runDispatcher(root);
  const { id } = await createSession(dispatcher.context, { task: "x", command: ECHO });
  const { directory, token } = root.session(id);
  expect([directory, token, root.run.path, root.run.token].map((path) => statSync(path).mode & 0o077)).toEqual([
    0, 0, 0, 0,
  ]);
});

test("what a killed dispatcher left half made is cleared away by the next", async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const first = await runDispatcher(root);
  await first.close();
  const half = join(root.run.path, "creating", "halfmade00");
  mkdirSync(join(half, "inbox"), { recursive: true });
  mkdirSync(root.runOf("halfmade00").directory);
  await using second = await runDispatcher(root);
  expect(existsSync(half)).toBe(false);
  expect(existsSync(root.runOf("halfmade00").directory)).toBe(false);
  expect(second.context.supervisor.health().sessions).toBe(0);
});

test.each([
  [{ task: "" }],
  [{ task: " \n " }],
  [{ task: "x", unknown: 1 }],
  [{ task: "x", name: "../x" }],
  [{ task: "x", command: [] }],
  [{ task: "x", labels: { "": "x" } }],
  [{ task: "x".repeat(300_000) }],
])("%j is no wish for a session", (input) => {
  expect(SpawnInputSchema.safeParse(input).success).toBe(false);
});

test("of two sessions that ask for one name at once, one gets it", async () => {
  await using place = temporaryRoot();
  await using dispatcher = await runDispatcher(place.root);
  const ask = () => createSession(dispatcher.context, { task: "x", name: "twin", command: ECHO });
  const outcomes = await Promise.allSettled([ask(), ask()]);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(getSession(dispatcher.context, "twin").name).toBe("twin");
});
