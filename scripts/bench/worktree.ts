import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "@harness/core";
import { btrfsDisk } from "@harness/core/testing";
import { createWorktree } from "../../apps/dispatcher/src/worktrees/clone.ts";
import { inspectSource } from "../../apps/dispatcher/src/worktrees/source.ts";
import { median, type Figure } from "./figure.ts";
import { run, time } from "./processes.ts";
import { makeRepository } from "./state.ts";

const FILES = 50_000;
const ROUNDS = 5;
const TOGETHER = 10;
const MIB = 1024 * 1024;
const AUTHOR = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];

/**
 * The worktree of a session against `git worktree add` of the same commit, one at a time and ten together, and what it
 * takes on disk beyond its files. Both take turns at going first, and nothing is removed before the end: see spawn.ts.
 */
export async function measureWorktree(scratch: string): Promise<Figure[]> {
  const repository = join(scratch, "large");
  await makeRepository(repository, FILES);
  const root = stateRoot(join(scratch, "worktrees"));
  for (const path of [root.sessions, root.hub, root.run.sessions]) mkdirSync(path, { recursive: true });
  const context = { root, environment: process.env };
  const ours = async (id: string) => {
    const branch = `session/${id}`;
    await createWorktree(context, { id, source: await inspectSource(context, { path: repository, branch }), branch });
  };
  const theirs = async (id: string) => {
    await run("git", ["-C", repository, "worktree", "add", "-q", "-b", `linked/${id}`, join(scratch, `linked-${id}`)]);
  };

  await ours("warm");
  await theirs("warm");
  const one = await takeTurns(ROUNDS, (round) => [() => ours(`one-${round}`), () => theirs(`one-${round}`)]);
  const names = (round: number) => Array.from({ length: TOGETHER }, (_, n) => `many-${round}-${n}`);
  const many = await takeTurns(2, (round) => [
    () => Promise.all(names(round).map(ours)),
    () => Promise.all(names(round).map(theirs)),
  ]);
  const git = join(root.session("warm").worktree, ".git");
  return [
    ...(await measureSnapshot(repository)),
    {
      name: `worktree, ${FILES} files`,
      value: median(one.ours),
      unit: "ms",
      against: { name: "git worktree add", value: median(one.theirs) },
      limit: 1.2,
    },
    {
      name: `${TOGETHER} worktrees together`,
      value: Math.min(...many.ours),
      unit: "ms",
      against: { name: `${TOGETHER} of those together`, value: Math.min(...many.theirs) },
      limit: 1.2,
    },
    {
      name: "its own disk beyond its files, less 1 MiB",
      value: Math.max(0, (await sizeOf(git)) - 1),
      unit: "MiB",
      against: { name: "the index", value: statSync(join(git, "index")).size / MIB },
      limit: 1.3,
    },
  ];
}

/** The same on a disk that can share blocks, from the second session at a commit on; nothing where no such can be had. */
async function measureSnapshot(repository: string): Promise<Figure[]> {
  await using disk = await btrfsDisk({ bytes: 8 * 1024 ** 3 });
  if (disk === null) return [];
  const root = stateRoot(join(disk.path, "state"));
  for (const path of [root.sessions, root.hub, root.run.sessions]) mkdirSync(path, { recursive: true });
  const context = { root, environment: process.env };
  const copy = join(disk.path, "large");
  await run("git", ["clone", "-q", "--no-local", repository, copy]);
  const ours = async (id: string) => {
    const branch = `session/${id}`;
    await createWorktree(context, { id, source: await inspectSource(context, { path: copy, branch }), branch });
  };
  const theirs = async (id: string) => {
    await run("git", ["-C", copy, "worktree", "add", "-q", "-b", `linked/${id}`, join(disk.path, `linked-${id}`)]);
  };
  await ours("warm");
  await theirs("warm");
  await run("git", ["-C", copy, ...AUTHOR, "commit", "-q", "--allow-empty", "-m", "More"]);
  const first = await time(() => ours("first"));
  const one = await takeTurns(ROUNDS, (round) => [() => ours(`one-${round}`), () => theirs(`one-${round}`)]);
  const against = { name: "git worktree add", value: median(one.theirs) };
  return [
    { name: "worktree by snapshot, on btrfs", value: median(one.ours), unit: "ms", against, limit: 0.99 },
    { name: "the one that is kept for it, on btrfs", value: first, unit: "ms", against, limit: Infinity },
  ];
}

type Pair = [() => Promise<unknown>, () => Promise<unknown>];

async function takeTurns(rounds: number, pair: (round: number) => Pair): Promise<{ ours: number[]; theirs: number[] }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [our, their] = pair(round);
    if (round % 2 === 0) theirs.push(await time(their));
    ours.push(await time(our));
    if (round % 2 === 1) theirs.push(await time(their));
  }
  return { ours, theirs };
}

async function sizeOf(directory: string): Promise<number> {
  return Number((await run("du", ["-sk", directory])).split("\t")[0]) / 1024;
}
