import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { encodeEnvelope, listSessionIds, MESSAGE_LIMIT, type Inbound } from "@harness/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCommandLine, type CommandLine } from "../../test/command-line.ts";

// Each test starts many processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let line: CommandLine;
let repository: string;
beforeAll(async () => {
  line = openCommandLine();
  repository = line.repository("shop");
  expect((await line.run(["up", "--detach", "--port", "0"])).code).toBe(0);
});
afterAll(() => line[Symbol.asyncDispose]());

const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words], { encoding: "utf8" });
const agent = ["--agent", "scripted"];

async function refused(words: string[], code: string, exit: number): Promise<string> {
  const before = listSessionIds(line.root);
  const { code: exited, stdout, stderr } = await line.run([...words, "--json"]);
  expect([words, exited, stdout]).toEqual([words, exit, ""]);
  const { error } = JSON.parse(stderr);
  expect([error.code, error.hint]).toEqual([code, expect.stringMatching(/\S/)]);
  expect(listSessionIds(line.root)).toEqual(before);
  return error.message;
}

test("a repository that is none is refused, with a way out", async () => {
  const missing = await refused(["spawn", "x", ...agent, "--repo", "/nowhere"], "repository-not-found", 1);
  expect(missing).toContain("/nowhere");
  const { stderr } = await line.run(["spawn", "x", ...agent]);
  expect(stderr).toContain("--no-repo");
});

test.runIf(process.platform === "linux")("a state root that cannot be made is no bug", async () => {
  const env = { HARNESS_HOME: "/proc/harness/state" };
  for (const words of [["up", "--detach"], ["up"], ["spawn", "x", "--no-repo", ...agent]]) {
    const { code, stdout, stderr } = await line.run(words, { env });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^harness: The state root .* cannot be made \(ENOENT\)\.\n.*HARNESS_HOME/);
  }
  expect((await line.run(["install", "--dir", "/proc/harness"])).stderr).toContain("cannot be written");
});

test("a base that does not exist is refused", async () => {
  expect(
    await refused(["spawn", "x", ...agent, "--repo", repository, "--base", "nothing"], "ref-not-found", 1),
  ).toContain("nothing");
  await refused(["spawn", "x", ...agent, "--repo", repository, "--base", "--output=/tmp/owned"], "ref-not-found", 1);
});

test("a branch that exists needs --continue", async () => {
  git("branch", "feature/old");
  const words = ["spawn", "x", ...agent, "--repo", repository, "--branch", "feature/old"];
  expect(await refused(words, "branch-exists", 1)).toContain("feature/old");
  expect((await line.run([...words, "--continue"])).code).toBe(0);
});

test("what is not committed is left out, and named in one line", async () => {
  writeFileSync(join(repository, "new.txt"), "not committed");
  const { code, stdout, stderr } = await line.run([
    "spawn",
    "x",
    ...agent,
    "--repo",
    repository,
    "--branch",
    "feature/clean",
  ]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[a-z2-7]{10}\n$/)]);
  expect(stderr.trim().split("\n")).toEqual([expect.stringMatching(/uncommitted|not committed|untracked/)]);
});

test.each([[""], ["   "], ["\n\t"]])("the empty task %j is refused", async (task) => {
  await refused(["spawn", task, "--no-repo", ...agent], "request-invalid", 2);
});

test("an unknown agent is refused", async () => {
  expect(await refused(["spawn", "x", "--no-repo", "--agent", "nobody"], "agent-not-found", 1)).toContain("nobody");
});

test("a message may have as many bytes as the limit, and not one more", async () => {
  const id = (await line.run(["spawn", "x", "--no-repo", ...agent])).stdout.trim();
  const length = (text: string) => {
    const message = { v: 1, id: "exact", kind: "prompt", createdAt: new Date().toISOString(), body: { text } };
    return encodeEnvelope(message as Inbound).length;
  };
  const most = MESSAGE_LIMIT - length("x") + 1;
  const fits = await line.run(["send", id, "-", "--id", "exact"], { input: "x".repeat(most) });
  expect([fits.code, fits.stderr]).toEqual([0, ""]);
  const over = await line.run(["send", id, "-", "--id", "over0", "--json"], { input: "x".repeat(most + 1) });
  expect([over.code, JSON.parse(over.stderr).error.code]).toEqual([2, "message-too-large"]);
});

test.each([["../run"], ["..%2frun"], ["/etc"], ["a/b"], ["a b"], [".."], ["\u202e"], ["x".repeat(65)]])(
  "the id %j leads nowhere",
  async (id) => {
    for (const words of [
      ["show", id],
      ["send", id, "x"],
      ["rm", id],
    ])
      await refused(words, "id-invalid", 2);
  },
);

test("a prefix of two ids names both of them", async () => {
  for (const id of ["twin-one", "twin-two"]) {
    mkdirSync(join(line.root.session(id).directory), { recursive: true });
  }
  expect(await refused(["show", "twin"], "id-ambiguous", 2)).toMatch(/twin-one, twin-two/);
  await refused(["show", "nobody"], "session-not-found", 1);
});

test("without a dispatcher, what needs one says so, and what does not goes on", async () => {
  const id = (await line.run(["spawn", "x", "--no-repo", ...agent])).stdout.trim();
  await line.run(["wait", id]);
  await line.killDispatcher();
  for (const words of [
    ["stop", id],
    ["kill", id],
    ["rm", id],
    ["diff", id],
    ["merge", id],
    ["token", "rotate", id],
  ]) {
    expect(await refused(words, "dispatcher-unreachable", 1)).toContain("No dispatcher runs");
  }
  expect((await line.run(["ps", "--json"])).json().map((one: { id: string }) => one.id)).toContain(id);
  expect((await line.run(["show", id])).code).toBe(0);
  const sent = await line.run(["send", id, "still here", "--wait"]);
  expect([sent.code, sent.stdout, sent.stderr]).toEqual([0, "still here\n", ""]);
  expect((await line.run(["logs", id])).stdout).toContain("still here");
  const down = await line.run(["down", "--json"]);
  expect([down.code, down.json()]).toEqual([0, { stopped: false, pid: null }]);
  const resumed = await line.run(["resume", id]);
  expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
});

test("a state root that cannot be is told as one, and is no bug of ours", async () => {
  const env = { HARNESS_HOME: "/dev/null/state" };
  for (const words of [
    ["up", "--detach"],
    ["spawn", "x", "--no-repo"],
  ]) {
    const { code, stderr } = await line.run([...words, "--json"], { env });
    expect([words, code, JSON.parse(stderr).error.code]).toEqual([words, 1, "storage-failed"]);
  }
});

test("a mistake in config.yaml hides no session", async () => {
  await using other = openCommandLine();
  mkdirSync(other.root.session("k3x").directory, { recursive: true });
  writeFileSync(other.root.config, "nothing: known\n");
  const shown = await other.run(["show", "k3x"]);
  expect([shown.code, shown.stdout, shown.stderr]).toEqual([
    0,
    expect.stringMatching(/^k3x/),
    expect.stringContaining("line 1"),
  ]);
  expect((await other.run(["ps", "--json"])).json()).toHaveLength(1);
});

test("without git a session of a repository is refused, and doctor says what to install", async () => {
  await using bare = openCommandLine();
  const path = join(bare.directory, "bin");
  mkdirSync(path);
  for (const program of ["sh", "flock", "setpriv", "unshare", "readlink", "cat"]) {
    const place = execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
    symlinkSync(place, join(path, program));
  }
  const env = { PATH: path };
  const spawned = await bare.run(["spawn", "x", "--repo", repository, ...agent, "--json"], { env });
  expect([spawned.code, JSON.parse(spawned.stderr.slice(spawned.stderr.indexOf("{"))).error.code]).toEqual([
    1,
    "git-missing",
  ]);
  const doctor = await bare.run(["doctor", "--json"], { env });
  expect(doctor.code).toBe(1);
  expect(doctor.json().findings).toContainEqual(
    expect.objectContaining({ name: "git", state: "broken", hint: "Install git 2.38 or newer." }),
  );
  expect((await bare.run(["spawn", "x", "--no-repo", ...agent], { env })).code).toBe(0);
});
