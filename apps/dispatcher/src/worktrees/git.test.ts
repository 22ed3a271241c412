import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { askGit, runGit } from "./git.ts";
import { gitEnvironment, readingEnvironment } from "./git-environment.ts";
import { isNewEnough, parseVersion, requireGit } from "./require-git.ts";
import { openLab } from "./testing/lab.ts";

const HOSTILE = {
  PATH: "/usr/bin::.:bin:/bin",
  HOME: "/home/ada",
  GIT_DIR: "/elsewhere",
  GIT_CONFIG_GLOBAL: "/evil",
  GIT_SSH_COMMAND: "evil",
  GIT_EXTERNAL_DIFF: "evil",
  LD_PRELOAD: "evil.so",
  EDITOR: "vi",
};

test("the strict environment is a list of its own: nothing of the dispatcher's but PATH, without relative parts", () => {
  const environment = gitEnvironment(HOSTILE, "strict");
  expect(environment).toMatchObject({
    PATH: "/usr/bin:/bin",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ALLOW_PROTOCOL: "file",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    LC_ALL: "C",
  });
  expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(["GIT_DIR"]));
  expect(environment).not.toHaveProperty("LD_PRELOAD");
  expect(environment).not.toHaveProperty("GIT_SSH_COMMAND");
});

test("the person's environment keeps their home and drops every pointer that git follows", () => {
  const environment = gitEnvironment(HOSTILE, "person");
  expect(environment["HOME"]).toBe("/home/ada");
  expect(environment).not.toHaveProperty("GIT_DIR");
  expect(environment).not.toHaveProperty("GIT_CONFIG_GLOBAL");
  expect(environment).not.toHaveProperty("GIT_EXTERNAL_DIFF");
  expect(readingEnvironment(HOSTILE)).not.toHaveProperty("EDITOR");
});

test("a failure carries git's own words, without what a terminal would obey", async () => {
  await using lab = openLab();
  lab.git(lab.source, "config", "alias.shout", "!printf 'bad \\033[2Jnews\\nsecond line' >&2; exit 3");
  const failure = runGit(lab.context, ["shout"], { cwd: lab.source });
  const message = "git shout failed: bad \\u{1b}[2Jnews\nsecond line";
  await expect(failure).rejects.toMatchObject({ code: "git-failed", message });
});

test("an answer by exit code is no failure, another code is", async () => {
  await using lab = openLab();
  const ask = (ref: string) => askGit(lab.context, ["show-ref", "--verify", "--quiet", ref], { cwd: lab.source });
  expect(await ask("refs/heads/main")).toBe(true);
  expect(await ask("refs/heads/other")).toBe(false);
  await expect(askGit(lab.context, ["show-ref", "--nonsense"], { cwd: lab.source })).rejects.toMatchObject({
    code: "git-failed",
  });
});

test("an answer that is too long is an error, or cut where that was asked for", async () => {
  await using lab = openLab();
  const options = { cwd: lab.source, maxBytes: 20 };
  await expect(runGit(lab.context, ["log", "--format=%B%H"], options)).rejects.toMatchObject({ code: "git-failed" });
  const { bytes, cut } = await runGit(lab.context, ["log", "--format=%B%H"], { ...options, cut: true });
  expect(cut).toBe(true);
  expect(bytes.length).toBeLessThanOrEqual(20);
});

test("git that does not end is ended", async () => {
  await using lab = openLab();
  lab.git(lab.source, "config", "alias.hang", "!sleep 60");
  const failure = runGit(lab.context, ["hang"], { cwd: lab.source, timeoutMs: 300 });
  await expect(failure).rejects.toMatchObject({ code: "timed-out" });
});

test("no git on PATH is named as that", async () => {
  await using lab = openLab();
  const context = { ...lab.context, environment: { PATH: join(lab.path, "nowhere") } };
  await expect(requireGit(context)).rejects.toMatchObject({ code: "git-missing" });
  await expect(runGit(context, ["version"], { cwd: lab.source })).rejects.toMatchObject({ code: "git-missing" });
});

test("a git that cannot merge without a checkout is too old", async () => {
  await using lab = openLab();
  const bin = join(lab.path, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "git"), "#!/bin/sh\necho git version 2.37.9\n");
  chmodSync(join(bin, "git"), 0o755);
  const failure = requireGit({ ...lab.context, environment: { PATH: `${bin}:/bin:/usr/bin` } });
  await expect(failure).rejects.toMatchObject({ code: "git-missing", message: expect.stringContaining("2.37.9") });
});

test.each([
  ["git version 2.39.5", "2.39.5", true],
  ["git version 2.38.0 (Apple Git-143)", "2.38.0", true],
  ["git version 2.37.1", "2.37.1", false],
  ["git version 3.0.rc1", "3.0", true],
])("%j is version %s", (text, version, isEnough) => {
  expect(parseVersion(text)).toBe(version);
  expect(isNewEnough(version)).toBe(isEnough);
});
