import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { describe, expect, it } from "vitest";
import type { Attempt, Outside } from "../attempt.ts";
import { ATTEMPTS } from "../attempts.ts";
import { judge } from "../judge.ts";
import { openStage } from "../stage/open-stage.ts";
import type { Targets } from "../targets.ts";
import { tryAll } from "../try-all.ts";

const attemptOf = (id: string): Attempt => {
  const found = ATTEMPTS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no attempt ${id}.`);
  return found;
};

/** One attempt in a worktree of its own, with no wall, and what is seen of it outside before and after something else. */
async function playTrap(id: string, spring: (worktree: string, person: string) => void) {
  await using place = temporaryDirectory();
  const at = (name: string) => join(place.path, name);
  for (const name of ["worktree", "home"]) mkdirSync(at(name));
  execFileSync("git", ["init", "-q", at("worktree")]);
  const stage = await openStage(at("stage"), { home: undefined, runtime: undefined, agent: undefined });
  try {
    const own = { worktree: at("worktree"), home: at("home"), places: [], promised: [], variables: {} };
    const targets = stage.targetsFor({ own, mark: stage.mark, trace: stage.trace });
    const attempt = attemptOf(id);
    const { verdict, seen } = await attempt.attempt({ targets, environment: {} });
    const verdictNow = () =>
      judge([attempt], [{ id, verdict, seen, tookMs: 0 }], stage.look(targets))[0]?.verdict ?? "none";
    const before = verdictNow();
    spring(own.worktree, targets.person.directory);
    return { before, after: verdictNow() };
  } finally {
    stage.close();
  }
}

describe("a trap that somebody walks into is seen", () => {
  it.each([
    ["settings of git", "plant-programs", (tree: string) => void spawnSync("git", ["-C", tree, "status"])],
    [
      "a shell's profile",
      "plant-programs",
      (tree: string) => void spawnSync("sh", ["-c", ". ../home/.profile"], { cwd: tree }),
    ],
    [
      "something is removed through a link",
      "plant-links",
      (tree: string) => rmSync(join(tree, "node_modules/.ssh"), { recursive: true }),
    ],
    [
      "something is made through a link",
      "plant-links",
      (tree: string) => writeFileSync(join(tree, "node_modules/.aws/made"), ""),
    ],
  ])("%s", async (_, id, spring) => {
    expect(await playTrap(id, spring)).toEqual({ before: "held", after: "escaped" });
  });
});

it("a trap that cannot be set is not one that nobody walked into", async () => {
  await using place = temporaryDirectory();
  const file = join(place.path, "file");
  writeFileSync(file, "");
  const own = { worktree: file, home: file, places: [], promised: [], variables: {} };
  const targets = { own, person: { directory: place.path, files: [] }, trace: join(place.path, "trace") };
  const inside = { targets: targets as unknown as Targets, environment: {} };
  const told = [];
  for await (const one of tryAll([attemptOf("plant-programs")], inside)) told.push(one.verdict);
  expect(told).toEqual(["not tried"]);
});

it.each(["see-key-in-answer", "ask-for-more", "ask-another-host", "bring-own-key"])(
  "where nobody answers for the model, %s is not held",
  async (id) => {
    const targets = { model: { keyVariable: "KEY", elsewhere: 1 }, canaries: [] } as unknown as Targets;
    const environment = { HARNESS_MODEL_URL: "http://127.0.0.1:1/prefix", KEY: "key" };
    const attempt = attemptOf(id);
    const told = { id, ...(await attempt.attempt({ targets, environment })), tookMs: 0 };
    const outside: Outside = { targets, received: [], left: () => 0 };
    expect(judge([attempt], [told], outside)[0]?.verdict).toBe("not tried");
  },
);

describe("whose a namespace is", () => {
  const look = async (namespaces: Targets["namespaces"]) =>
    (await attemptOf("share-namespaces").attempt({ targets: { namespaces } as Targets, environment: {} })).verdict;
  const other = Object.fromEntries(
    ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"].map((name) => [name, "x:[1]"]),
  );

  it("is not its own because nobody knows", async () => {
    expect(await look({})).toBe("not tried");
    expect(await look(other)).toBe("held");
    expect(await look({ ...other, net: undefined as unknown as string })).toBe("not tried");
  });
});
