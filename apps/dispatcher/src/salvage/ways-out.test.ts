import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listSessionIds, signalProcess, type StateRoot } from "@harness/core";
import { until } from "@harness/core/testing";
import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import type { Context } from "../context.ts";
import { archiveSession } from "../sessions/archive.ts";
import { createSession } from "../sessions/create.ts";
import { getSession } from "../sessions/get.ts";
import { listSessions } from "../sessions/list.ts";
import { removeSession } from "../sessions/remove.ts";
import { agentOf, runDispatcher, temporaryRoot, testConfig } from "../supervisor/testing/dispatchers.ts";
import type { LeaveOptions } from "../testing/leave.ts";
import { mergeSession } from "../worktrees/testing/merge-session.ts";
import { listSalvages } from "./list.ts";
import { restoreSalvage } from "./restore.ts";
import { retainSalvages } from "./retain.ts";

const SLOW = { timeout: 90_000 };
const WORK = ["sh", "-c", "echo c > committed.txt; git add .; git commit -qm work; echo l > loose.txt"];

function git(cwd: string, ...args: string[]): string {
  const own = ["-c", "user.name=A", "-c", "user.email=a@b.c"];
  return execFileSync("git", [...own, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

function makeRepository(root: StateRoot): string {
  const path = `${root.path}-repository`;
  mkdirSync(path, { recursive: true });
  git(path, "init", "-q", "-b", "main");
  writeFileSync(join(path, "file.txt"), "one\n");
  git(path, "add", ".");
  git(path, "commit", "-qm", "first");
  return path;
}

async function work(context: Context, repository: string): Promise<string> {
  const { id } = await createSession(context, { task: "x", repository, branch: "work", command: WORK });
  await until(() => getSession(context, id).turns === 1, { timeoutMs: 30_000 });
  return id;
}

/** What the session committed and what it did not, from what is kept alone. */
async function comesBack(context: Context, repository: string, id: string): Promise<string | null> {
  const { branch } = await restoreSalvage(context, { session: id, branch: "back" });
  expect(git(repository, "show", `${branch}:committed.txt`)).toBe("c");
  expect(git(repository, "show", `${branch}:loose.txt`)).toBe("l");
  expect(git(repository, "log", "--format=%s", "back")).toContain("work");
  expect(git(repository, "status", "--porcelain")).toBe("");
  return branch;
}

interface Way {
  leave(context: Context, id: string): Promise<unknown>;
  /** What config.yaml says. */
  config?: string;
}

const WAYS: Record<string, Way> = {
  removed: { leave: (context, id) => removeSession(context, id) },
  archived: { leave: (context, id) => archiveSession(context, id) },
  "removed, and the trash emptied at once": {
    config: "trash: { keepDays: 0 }",
    leave: async (context, id) => {
      await removeSession(context, id);
      await until(() => readdirSync(context.root.trash).length === 0, { timeoutMs: 20_000 });
      expect(await retainSalvages(context)).toEqual([]);
    },
  },
  "given up after its agent process failed again and again": {
    leave: async (context, id) => {
      const isGivenUp = () => context.wanted.get(id)?.failed !== undefined;
      for (let last = 0; !isGivenUp();) {
        await until(() => isGivenUp() || (agentOf(context.root, id)?.pid ?? last) !== last, { timeoutMs: 20_000 });
        const living = agentOf(context.root, id);
        if (living === null) continue;
        last = living.pid;
        signalProcess(living, "SIGKILL");
      }
      await until(async () => (await listSalvages(context)).some(({ reason }) => reason === "failed"), {
        timeoutMs: 20_000,
      });
      // Whatever becomes of its directory now.
      renameSync(context.root.session(id).directory, `${context.root.path}-gone`);
    },
  },
};

test.each(Object.keys(WAYS))("a session that is %s loses nothing", SLOW, async (name) => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  const { config = "", leave } = WAYS[name]!;
  const { trash, salvage } = parseConfig(config);
  await using dispatcher = await runDispatcher(root, { config: testConfig({ trash, salvage }) });
  const { context } = dispatcher;
  const id = await work(context, repository);
  await leave(context, id);
  expect(await comesBack(context, repository, id)).toBe("back");
});

const STEPS: [LeaveOptions["verb"], string][] = [
  ...["committed", "moved", "trashed", "forgotten"].map((step): [LeaveOptions["verb"], string] => ["remove", step]),
  ...["independent", "moved", "forgotten"].map((step): [LeaveOptions["verb"], string] => ["archive", step]),
];

describe("a dispatcher killed in the middle", () => {
  test.each(STEPS)("of %s, after `%s`, loses nothing and can go on", SLOW, async (verb, dieAt) => {
    await using place = temporaryRoot();
    const { root } = place;
    const repository = makeRepository(root);
    const first = await runDispatcher(root);
    const id = await work(first.context, repository);
    await first.close();
    const options: LeaveOptions = { home: root.path, id, verb, dieAt };
    const program = join(import.meta.dirname, "../testing/leave.ts");
    const ran = spawnSync(process.execPath, [program, JSON.stringify(options)], { encoding: "utf8" });
    expect([ran.signal, ran.stderr]).toEqual(["SIGKILL", ""]);

    await using second = await runDispatcher(root);
    const { context } = second;
    const isThere = listSessionIds(root).includes(id);
    expect(isThere).toBe(!["trashed", "forgotten"].includes(dieAt) && !(verb === "archive" && dieAt === "moved"));
    if (isThere) await (verb === "remove" ? removeSession : archiveSession)(context, id);
    await comesBack(context, repository, id);
    expect(existsSync(join(root.archive, id))).toBe(verb === "archive");
    expect(existsSync(root.runOf(id).directory)).toBe(false);
    // The branch's name is free, and nothing of the session is remembered.
    await createSession(context, { task: "again", repository, branch: "work", command: ["true"] });
    expect(git(readHub(root), "for-each-ref", "--format=%(refname)", `refs/harness/base/${id}`)).toBe("");
  });
});

function readHub(root: StateRoot): string {
  const [name = ""] = readdirSync(root.hub);
  return join(root.hub, name);
}

test("a start that fails after work was done keeps the work", SLOW, async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  const script =
    "cd worktree && echo c > committed.txt && git add . && git commit -qm work && echo l > loose.txt; exit 3";
  await using dispatcher = await runDispatcher(root, { config: testConfig({ agentCommand: ["sh", "-c", script] }) });
  const { context } = dispatcher;
  await expect(
    createSession(context, { task: "x", repository, branch: "work", command: ["true"] }),
  ).rejects.toMatchObject({
    code: "spawn-failed",
  });
  expect(listSessionIds(root)).toEqual([]);
  const [kept] = await listSalvages(context);
  expect(kept).toMatchObject({ reason: "withdrawn" });
  await comesBack(context, repository, kept?.session ?? "");
});

test("what was merged is in the branch, and what was not committed is kept when the session goes", SLOW, async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const id = await work(context, repository);
  await mergeSession(context, { id });
  await removeSession(context, id);
  expect(git(repository, "show", "main:committed.txt")).toBe("c");
  await comesBack(context, repository, id);
});

test("an archived session is whole, closed, listed, and needs nothing that is left here", SLOW, async () => {
  await using place = temporaryRoot();
  const { root } = place;
  const repository = makeRepository(root);
  await using dispatcher = await runDispatcher(root);
  const { context } = dispatcher;
  const id = await work(context, repository);
  const events = readFileSync(root.session(id).events, "utf8");
  const { directory } = await archiveSession(context, id);
  expect(directory).toBe(join(root.archive, id));
  expect(listSessions(context)).toEqual([]);
  expect(listSessions(context, { all: true })).toMatchObject([
    { id, state: "closed", badge: "done", alive: false, branch: "work", notes: [`Archived in ${directory}.`] },
  ]);
  expect(() => getSession(context, id)).toThrow(expect.objectContaining({ code: "session-archived" }));
  expect(existsSync(root.runOf(id).directory)).toBe(false);

  const elsewhere = `${root.path}-elsewhere`;
  renameSync(directory, elsewhere);
  renameSync(root.hub, `${root.hub}-away`);
  renameSync(repository, `${repository}-away`);
  expect(git(join(elsewhere, "worktree"), "fsck", "--full", "--no-dangling")).toBe("");
  expect(git(join(elsewhere, "worktree"), "status", "--porcelain")).toBe("?? loose.txt");
  expect(git(join(elsewhere, "worktree"), "log", "--format=%s")).toBe("work\nfirst");
  expect(readFileSync(join(elsewhere, "log/events.jsonl"), "utf8")).toContain(events);
  expect(JSON.parse(readFileSync(join(elsewhere, "archive.json"), "utf8"))).toMatchObject({ session: id, repository });
});
