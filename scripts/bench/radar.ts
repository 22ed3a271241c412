import { stateRoot } from "@harness/core";
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BenchDispatcher, startDispatcher } from "./dispatcher.ts";
import { median, type Figure } from "./figure.ts";
import { run } from "./processes.ts";
import { makeRepository } from "./state.ts";

const FILES = 10_000;
const SESSIONS = 20;
const PAIRS = (SESSIONS * (SESSIONS - 1)) / 2;
const ROUNDS = 5;
// A dispatcher looks by itself, too: where it was faster, the round tells nothing and is made again.
const ATTEMPTS = 20;

interface Looked {
  ms: number;
  merges: number;
  imports: number;
}

/** The conflict radar over twenty sessions that all committed: a first pass over everything, and a pass after one commit. */
export async function measureRadar(scratch: string): Promise<Figure[]> {
  const home = join(scratch, "radar");
  const root = stateRoot(home);
  const repository = join(scratch, "radar-repository");
  await makeRepository(repository, FILES);
  let dispatcher = await startDispatcher(home);
  const ids: string[] = [];
  for (let n = 0; n < SESSIONS; n++) {
    const asked = { task: "stand by", repository, branch: `bench/${n}`, agent: "scripted", script: [] };
    ids.push(((await dispatcher.request("POST", "/api/sessions", asked)) as { id: string }).id);
  }
  const worktrees = ids.map((id) => root.session(id).worktree);
  for (const [n, worktree] of worktrees.entries()) await commitWork(worktree, n);

  const whole: Looked[] = [];
  for (let attempt = 0; whole.length < ROUNDS && attempt < ATTEMPTS; attempt++) {
    await dispatcher.stop();
    rmSync(root.run.radar, { recursive: true, force: true });
    dispatcher = await startDispatcher(home);
    const looked = await look(dispatcher);
    if (looked.merges === PAIRS && looked.imports === SESSIONS) whole.push(looked);
  }
  const after: Looked[] = [];
  for (let attempt = 0; after.length < ROUNDS && attempt < ATTEMPTS; attempt++) {
    await commitLine(worktrees[attempt % SESSIONS]!, attempt);
    const looked = await look(dispatcher);
    if (looked.imports === 1) after.push(looked);
  }
  await dispatcher.stopAll();
  if (whole.length < ROUNDS || after.length < ROUNDS) throw new Error("The dispatcher was always faster.");
  const about = `radar, ${SESSIONS} sessions of ${FILES} files`;
  return [
    {
      name: `${about}, first pass, ${PAIRS} pairs`,
      value: median(whole.map(({ ms }) => ms)),
      unit: "ms",
      limit: 15_000,
    },
    { name: `${about}, after one commit`, value: median(after.map(({ ms }) => ms)), unit: "ms", limit: 1000 },
    {
      name: `${about}, after one commit`,
      value: Math.max(...after.map(({ merges }) => merges)),
      unit: "merges",
      limit: 20,
    },
  ];
}

async function look(dispatcher: BenchDispatcher): Promise<Looked> {
  const began = performance.now();
  const [sighting] = (await dispatcher.request("GET", "/api/conflicts")) as { cost: Omit<Looked, "ms"> }[];
  if (sighting === undefined) throw new Error("The radar sees no repository.");
  return { ...sighting.cost, ms: performance.now() - began };
}

// Ten files each, five of them shared with the next session: neighbours conflict.
async function commitWork(worktree: string, n: number): Promise<void> {
  for (let file = n * 5; file < n * 5 + 10; file++) writeFileSync(pathOf(worktree, file), `${n}\n`);
  await commit(worktree);
}

async function commitLine(worktree: string, n: number): Promise<void> {
  appendFileSync(pathOf(worktree, FILES - 1 - n), `${n}\n`);
  await commit(worktree);
}

const pathOf = (worktree: string, file: number) => join(worktree, `part-${Math.floor(file / 100)}`, `file-${file}.txt`);

async function commit(worktree: string): Promise<void> {
  const git = ["-C", worktree, "-c", "user.name=bench", "-c", "user.email=bench@localhost"];
  await run("git", [...git, "commit", "-q", "-a", "-m", "Work"]);
}
