import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import type { PushVerdict } from "../src/protocol.ts";
import { gitSession, OWN } from "./git-session.ts";

const ZERO = "0".repeat(40);

test("a history that ends early is refused in words, and what it says of itself reaches no remote", async () => {
  await using session = await gitSession();
  const { remote, git, tryGit, commit, worktree } = session;
  for (const text of ["one", "two", "three"]) commit(text);
  git("push", "--quiet", remote.repository, "harness/own:main");
  // As a clone with --depth 1 has it.
  writeFileSync(join(worktree, ".git", "shallow"), `${git("rev-parse", "HEAD")}\n`);
  commit("four");
  const tried = await tryGit("push", "origin", "HEAD");
  expect(tried).toMatchObject({
    code: 1,
    text: expect.stringContaining("its history is shallow: `git fetch --unshallow`"),
  });
  expect(remote.refs()[OWN]).toBeUndefined();
  expect(remote.requests.filter(({ method }) => method === "POST")).toEqual([]);
  expect((await tryGit("fetch", "--unshallow", "origin")).code).toBe(0);
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({ code: 0 });
});

test("where workflows are not let through a push is sent only when somebody has seen exactly its commit", async () => {
  await using session = await gitSession({ workflows: undefined });
  const { remote, commit, tryGit, worker } = session;
  const first = commit("one");
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({
    code: 1,
    text: expect.stringContaining("nobody looks whether it changes what the remote runs"),
  });
  const pushes = join(worker.directory, "pushes");
  expect(readdirSync(pushes)).toEqual([]);

  const answers: PushVerdict[] = [
    { v: 1, state: "refused", reason: "not this one" },
    { v: 1, state: "allowed" },
  ];
  const asked: unknown[] = [];
  mkdirSync(join(worker.directory, "verdicts"));
  const looking = (async () => {
    for (const answer of answers) {
      const name = await until(() => readdirSync(pushes).find((found) => found.endsWith(".json")));
      asked.push(JSON.parse(readFileSync(join(pushes, name), "utf8")));
      writeFileSync(join(worker.directory, "verdicts", name), JSON.stringify({ v: 1, state: "looking" }));
      await setTimeout(700);
      writeFileSync(join(worker.directory, "verdicts", name), JSON.stringify(answer));
      await until(() => !readdirSync(pushes).includes(name));
    }
  })();
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({
    code: 1,
    text: expect.stringContaining("not this one"),
  });
  expect(remote.refs()[OWN]).toBeUndefined();
  expect(await tryGit("push", "origin", "HEAD")).toMatchObject({ code: 0 });
  await looking;
  expect(remote.refs()[OWN]).toBe(first);
  expect(asked).toEqual(answers.map(() => ({ v: 1, session: "s1", old: ZERO, new: first })));
});
