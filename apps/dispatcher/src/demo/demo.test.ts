import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isSameProcess } from "@harness/core";
import { until } from "@harness/core/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { collect, HARNESS, openCommandLine, type CommandLine } from "../../test/command-line.ts";
import { readModelRecord } from "./model/record.ts";
import { shopPath } from "./repository.ts";

// Two sessions, a repository, tests of that repository, two merges.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let line: CommandLine;
beforeEach(() => {
  line = openCommandLine();
});
afterEach(() => line[Symbol.asyncDispose]());

interface Listed {
  id: string;
  name: string;
  labels: Record<string, string>;
}

const list = async (): Promise<Listed[]> => (await line.run(["ps", "--all", "--json"])).json();
const git = (...words: string[]) => execFileSync("git", ["-C", shopPath(line.root), ...words], { encoding: "utf8" });

/** What the story leaves: both sessions once, both edits once, each of them its own alone. */
async function expectToldOnce(): Promise<void> {
  const sessions = await list();
  const cast = sessions.map(({ name, labels }) => `${labels["demo"]}: ${name}`).toSorted();
  expect(cast).toEqual(["feature: gift-wrap", "hotfix: rounding"]);
  const merged = git("show", "main:src/checkout.js");
  expect(merged).toContain("giftWrap");
  expect(merged).toContain("Math.round");
  expect(git("log", "--merges", "--format=%s", "main").trim().split("\n").toSorted()).toEqual([
    "Merge feature/gift-wrap",
    "Merge hotfix/rounding",
  ]);
  const marks: Record<string, [string, string]> = {
    "gift-wrap": ["giftWrap", "Math.round"],
    rounding: ["Math.round", "giftWrap"],
  };
  for (const { id, name } of sessions) {
    const own = readFileSync(join(line.root.session(id).worktree, "src/checkout.js"), "utf8");
    const [mark = "", foreign = ""] = marks[name] ?? [];
    expect([name, own.includes(mark), own.includes(foreign)]).toEqual([name, true, false]);
    const replies = readdirSync(line.root.session(id).outbox.path).filter((file) => file.endsWith(".msg"));
    const kinds = replies.map(
      (file) => JSON.parse(readFileSync(join(line.root.session(id).outbox.path, file), "utf8")).kind,
    );
    expect([name, kinds.filter((kind) => kind === "reply")]).toEqual([name, ["reply", "reply"]]);
  }
  expect(execFileSync(process.execPath, ["--test"], { cwd: shopPath(line.root), encoding: "utf8" })).toMatch(
    /pass 4\n/,
  );
}

test("the demo tells its story from nothing, and again, and takes itself away", async () => {
  const told = await line.run(["demo", "--fast"]);
  expect([told.code, told.stderr]).toEqual([0, ""]);
  for (const words of [
    "1  Two sessions start, side by side",
    "No row is the same twice: they share nothing.",
    /contains giftWrap +yes, line \d+ +no +no\n/,
    /contains Math\.round +no +yes, line \d+ +no\n/,
    "gift-wrap: Gift wrapping is written, with a test, and every test passes. Shall I commit it?",
    'harness send gift-wrap "Yes, commit the gift wrapping."',
    "rounding: The fix is on hotfix/rounding. Every test passes.",
    "7  src/checkout.js on main has both",
    "harness demo --clean",
  ]) {
    expect(told.stdout).toMatch(words);
  }
  await expectToldOnce();

  const again = await line.run(["demo", "--fast"]);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("is in main already")]);
  await expectToldOnce();

  const own = (await line.run(["spawn", "mine", "--no-repo", "--agent", "scripted"])).stdout.trim();
  const model = readModelRecord(line.root)!;
  expect(isSameProcess(model)).toBe(true);
  const clean = await line.run(["demo", "--clean"]);
  expect([clean.code, clean.stdout]).toEqual([0, expect.stringContaining("2 sessions removed")]);
  expect((await list()).map(({ id }) => id)).toEqual([own]);
  expect([existsSync(line.root.demo), readdirSync(line.root.hub)]).toEqual([false, []]);
  expect((await line.run(["demo", "--clean"])).stdout).toContain("0 sessions removed.");
  await until(() => !isSameProcess(model), { timeoutMs: 30_000 });
});

test("the sessions go on talking to their model, which is back with the next dispatcher at its port", async () => {
  await line.run(["demo", "--fast"]);
  const model = readModelRecord(line.root)!;
  await line.run(["down"]);
  process.kill(model.pid, "SIGKILL");
  await until(() => !isSameProcess(model));
  await line.run(["up", "--port", "0", "--detach"]);
  const sent = await line.run(["send", "gift-wrap", "What else can you do?", "--wait"]);
  expect([sent.code, sent.stdout]).toEqual([0, expect.stringContaining("I am the model of the demo")]);
  expect(readModelRecord(line.root)).toMatchObject({ port: model.port });
});

test("a model that is killed in the middle is back before its sessions give it up", async () => {
  const child = line.start(["demo", "--fast"]);
  const said = collect(child);
  const ended = new Promise((resolve) => child.once("close", resolve));
  await until(() => said().stdout.includes("2  What each has"), { timeoutMs: 60_000 });
  const model = readModelRecord(line.root)!;
  process.kill(model.pid, "SIGKILL");
  expect([await ended, said().stderr]).toEqual([0, ""]);
  expect(readModelRecord(line.root)).not.toMatchObject({ pid: model.pid });
  await expectToldOnce();
});

test.each(["1  Two sessions", "4  Each shows", "6  The dispatcher merges"])(
  'a dispatcher killed at "%s" loses nothing: the story goes on by itself',
  async (chapter) => {
    const child = line.start(["demo", "--fast"]);
    const said = collect(child);
    const ended = new Promise((resolve) => child.once("close", resolve));
    await until(() => said().stdout.includes(chapter), { timeoutMs: 60_000 });
    await line.killDispatcher();
    expect([await ended, said().stderr]).toEqual([0, ""]);
    await expectToldOnce();
  },
);

test.each(["2  What each has"])(
  'a story that is killed with its dispatcher at "%s" goes on where it was',
  async (chapter) => {
    const child = line.start(["demo", "--fast"]);
    const said = collect(child);
    await until(() => said().stdout.includes(chapter), { timeoutMs: 60_000 });
    child.kill("SIGKILL");
    await line.killDispatcher();
    const before = await list();
    const again = await line.run(["demo", "--fast"]);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("goes on where it was")]);
    expect((await list()).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    await expectToldOnce();
  },
);

test("up --demo tells it where nothing else is, goes on with it after a kill, and tells it only once", async () => {
  const first = line.start(["up", "--port", "0", "--demo", "--fast"]);
  const said = collect(first);
  await until(() => said().stdout.includes("3  Both edit"), { timeoutMs: 60_000 });
  first.kill("SIGKILL");
  await new Promise((resolve) => first.once("close", resolve));

  const bare = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((directory) => !existsSync(join(directory, "harness")));
  const second = line.start(["up", "--port", "0", "--demo", "--fast"], { env: { PATH: bare.join(delimiter) } });
  const more = collect(second);
  await until(() => more().stdout.includes("That was the demo."), { timeoutMs: 60_000 });
  expect(more().stdout).toContain("goes on where it was");
  // Nothing tells of a command that the shell does not find.
  expect(more().stdout).toContain(`alias harness=${HARNESS}\n`);
  await expectToldOnce();
  second.kill("SIGINT");
  expect(await new Promise((resolve) => second.once("close", resolve))).toBe(0);

  const third = line.start(["up", "--port", "0", "--demo", "--fast"]);
  const last = collect(third);
  await until(() => last().stderr.includes("has been shown"), { timeoutMs: 60_000 });
  third.kill("SIGINT");
  expect(await new Promise((resolve) => third.once("close", resolve))).toBe(0);
});

test("up --demo stays out of the way of other sessions", async () => {
  await line.run(["spawn", "mine", "--no-repo", "--agent", "scripted"]);
  await line.run(["down"]);
  const child = line.start(["up", "--port", "0", "--demo", "--fast"]);
  const said = collect(child);
  await until(() => said().stderr.includes("no demo is shown"), { timeoutMs: 60_000 });
  child.kill("SIGTERM");
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  expect(existsSync(line.root.demo)).toBe(false);
});
