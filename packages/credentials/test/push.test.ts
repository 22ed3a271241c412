import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { gitSession, OWN, TOKEN, type GitSession } from "./git-session.ts";

const ZERO = "0".repeat(40);

test("a session creates its branch and moves it forward, and each push is one line", async () => {
  await using session = await gitSession();
  const { remote, commit, tryGit, worker } = session;
  const first = commit("one");
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({ code: 0 });
  expect(remote.refs()[OWN]).toBe(first);
  for (const text of ["two", "three", "four"]) commit(text);
  const last = commit("five");
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({ code: 0 });
  expect(remote.refs()[OWN]).toBe(last);
  const pushes = worker.calls().filter(({ capability }) => capability === "push");
  expect(pushes).toMatchObject([
    { session: "s1", status: 200, outcome: "answered", push: { ref: OWN, old: ZERO, new: first, accepted: true } },
    { session: "s1", status: 200, outcome: "answered", push: { ref: OWN, old: first, new: last, accepted: true } },
  ]);
  expect(pushes.every(({ requestBytes }) => requestBytes > 200)).toBe(true);
  expect(worker.spent("s1").statuses).toEqual({ 200: 4 });
});

test("it merges what others did, and what it sends is seen to move forward through the merge", async () => {
  await using session = await gitSession();
  const { remote, git, commit, tryGit } = session;
  commit("one");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
  git("checkout", "--quiet", "main");
  for (let count = 0; count < 40; count++) {
    writeFileSync(join(session.worktree, `other-${count}.txt`), randomBytes(200));
    git("add", "--all");
    git(
      "commit",
      "--quiet",
      "-m",
      `other ${count} with a message that is like all the others, and rather long`.repeat(9),
    );
  }
  git("push", "--quiet", remote.repository, "main");
  git("checkout", "--quiet", "harness/own");
  git("merge", "--quiet", "-m", "merge", "main");
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({ code: 0 });
  expect(remote.refs()[OWN]).toBe(git("rev-parse", "HEAD"));
});

interface Refused {
  readonly what: string;
  readonly words: readonly string[];
  readonly says: string;
  prepare?(session: GitSession): void;
}

const REFUSED: readonly Refused[] = [
  { what: "another branch", words: ["HEAD:refs/heads/main"], says: `may push ${OWN} and nothing else` },
  { what: "a branch of the same beginning", words: ["HEAD:refs/heads/harness/own2"], says: "and nothing else" },
  { what: "a tag", words: ["HEAD:refs/tags/v1"], says: "and nothing else" },
  { what: "a ref of the remote's own", words: ["HEAD:refs/pull/1/head"], says: "and nothing else" },
  { what: "a deletion of its branch", words: ["--delete", "harness/own"], says: "[remote rejected] harness/own" },
  { what: "two refs, one of them foreign", words: ["HEAD", "HEAD:refs/heads/other"], says: "refused together with" },
  { what: "all branches", words: ["--all"], says: "and nothing else" },
  { what: "everything", words: ["--mirror", "--force"], says: "and nothing else" },
  { what: "what it may, with an option", words: ["-o", "ci.skip", "HEAD"], says: "does not support push options" },
  {
    what: "a branch that was reset",
    words: ["--force", "HEAD"],
    says: "does not move forward",
    prepare: ({ git, commit }) => {
      git("reset", "--quiet", "--hard", "main");
      commit("instead");
    },
  },
  {
    what: "a branch that goes back",
    words: ["--force", "HEAD"],
    says: "does not move forward",
    prepare: ({ git }) => git("reset", "--quiet", "--hard", "main"),
  },
];

test.each(REFUSED)("$what is refused in words, and the remote is as it was", async ({ words, says, prepare }) => {
  await using session = await gitSession();
  session.commit("one");
  expect((await session.tryGit("push", "origin", "HEAD")).code).toBe(0);
  const before = session.remote.refs();
  session.commit("two");
  prepare?.(session);
  const tried = await session.tryGit("push", "origin", ...words);
  expect(tried.code).toBe(1);
  expect(tried.text).toContain(says);
  expect(session.remote.refs()).toEqual(before);
});

test("force moves a branch back where it is configured, and still no other", async () => {
  await using session = await gitSession({ force: true });
  const { git, commit, tryGit, remote } = session;
  commit("one");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
  git("reset", "--quiet", "--hard", "main");
  const instead = commit("instead");
  expect((await tryGit("push", "--force", "origin", "HEAD")).code).toBe(0);
  expect(remote.refs()[OWN]).toBe(instead);
  expect((await tryGit("push", "--force", "origin", "HEAD:main")).code).toBe(1);
});

test("a branch that somebody else moved is not moved over, and fetching brings what they did", async () => {
  await using session = await gitSession();
  const { git, commit, tryGit, remote } = session;
  const one = commit("one");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
  const theirs = git("commit-tree", "-p", one, "-m", "theirs", `${one}^{tree}`);
  git("push", "--quiet", remote.repository, `${theirs}:${OWN}`);
  git("update-ref", "-d", "refs/remotes/origin/harness/own");
  commit("two");
  expect((await tryGit("push", "--force", "origin", "HEAD")).code).toBe(1);
  expect(remote.refs()[OWN]).toBe(theirs);
  expect((await tryGit("fetch", "origin")).code).toBe(0);
  expect(git("rev-parse", "refs/remotes/origin/harness/own")).toBe(theirs);
  git("merge", "--quiet", "-m", "merge", "origin/harness/own");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
});

test("a remote that redirects, refuses or is gone is told of, and gets the credential once at most", async () => {
  await using session = await gitSession();
  const { commit, tryGit, remote, worker } = session;
  commit("one");
  await using thief = await gitSession();
  const seen = () => thief.remote.requests.length;
  remote.instead = (request, answer) => {
    request.resume();
    answer.writeHead(302, { location: `${thief.remote.url}/info/refs?service=git-receive-pack` }).end();
    return true;
  };
  const before = seen();
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({
    code: 1,
    text: expect.stringContaining("redirects (302)"),
  });
  expect(seen()).toBe(before);
  remote.instead = (request, answer) => {
    request.resume();
    answer.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    return true;
  };
  const refused = await tryGit("push", "origin", "HEAD");
  expect(refused.text).toContain("does not accept the credential main (401)");
  expect(refused.text).not.toContain("Username");
  // It lets the push begin, and then says no.
  remote.instead = (request, answer) => {
    if (request.method === "GET") return false;
    request.resume();
    answer.writeHead(403, { "content-type": "text/plain" }).end(`Permission to me/shop.git denied to ${TOKEN}.`);
    return true;
  };
  const denied = await tryGit("push", "origin", "HEAD");
  expect(denied.text).toContain("Permission to me/shop.git denied");
  expect(denied.text).not.toContain(TOKEN);
  // Long enough for its words to be cut in the middle of the credential.
  remote.instead = (request, answer) => {
    request.resume();
    answer.writeHead(403, { "content-type": "text/plain" }).end(`${"x".repeat(390)}${TOKEN}${"y".repeat(400)}`);
    return true;
  };
  const long = await tryGit("push", "origin", "HEAD");
  expect(long.text).toContain(`${"x".repeat(390)}*`);
  expect(long.text).not.toContain(TOKEN.slice(0, 8));
  expect(remote.refs()[OWN]).toBeUndefined();
  expect(worker.spent("s1").statuses).toEqual({ 302: 1, 401: 1, 403: 2, 200: 1 });
  await remote[Symbol.asyncDispose]();
  expect((await tryGit("push", "origin", "HEAD")).text).toContain("cannot be reached");
});

test("without its grant a session gets nothing, and a push that runs breaks off", async () => {
  await using session = await gitSession();
  const { commit, tryGit, remote, worker } = session;
  writeFileSync(join(session.worktree, "large.bin"), randomBytes(8_000_000));
  commit("large");
  let reading = false;
  remote.instead = (request) => {
    if (request.method === "GET" || Number(request.headers["content-length"]) < 10) return false;
    // Takes a little, and no more.
    request.once("readable", () => (reading = true));
    return true;
  };
  const pushing = tryGit("push", "origin", "HEAD");
  await until(() => reading);
  worker.withdraw("s1");
  expect((await pushing).code).toBe(1);
  remote.instead = null;
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(1);
  expect(remote.refs()[OWN]).toBeUndefined();
  expect(worker.calls().at(-1)).toMatchObject({ capability: "push", outcome: "aborted" });
});

test("a push of fifty megabytes passes through without being held", { timeout: 60_000 }, async () => {
  await using session = await gitSession();
  const { commit, tryGit, remote, worker, git } = session;
  commit("one");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
  for (let part = 0; part < 5; part++) writeFileSync(join(session.worktree, `part-${part}`), randomBytes(10_000_000));
  const large = commit("large");
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.child.pid}/status`, "utf8"))?.[1]);
  const before = peak();
  git("config", "core.compression", "0");
  expect((await tryGit("push", "origin", "HEAD")).code).toBe(0);
  expect(remote.refs()[OWN]).toBe(large);
  expect(worker.calls().at(-1)?.requestBytes).toBeGreaterThan(50_000_000);
  expect(peak() - before).toBeLessThan(40_000);
});

test("a remote that goes away in the middle of a push is told of, and the session is not left waiting", async () => {
  await using session = await gitSession();
  writeFileSync(join(session.worktree, "large.bin"), randomBytes(8_000_000));
  session.commit("large");
  session.remote.instead = (request, answer) => {
    if (request.method === "GET" || Number(request.headers["content-length"]) < 10) return false;
    answer.writeHead(200, { "content-type": "application/x-git-receive-pack-result" }).flushHeaders();
    request.once("readable", () => request.destroy());
    return true;
  };
  expect((await session.tryGit("push", "origin", "HEAD")).code).toBe(1);
  await until(() => session.worker.calls().at(-1)?.outcome === "broken");
});
