import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { startDispatcher } from "./dispatcher.ts";
import { run, startEmptyNode, stopAll, time } from "./processes.ts";
import { makeRepository } from "./state.ts";

const FILES = 10_000;
const ROUNDS = 7;
const TOGETHER = 18;

/**
 * From the API request to a ready agent process with its worktree, against the same by bare commands. Nothing is removed
 * before the end: ext4 makes files many times slower for minutes after many were deleted, because it passes over every
 * inode that was freed lately (`recently_deleted` in fs/ext4/ialloc.c), and that would be all that is measured.
 */
export async function measureSpawn(scratch: string): Promise<Figure[]> {
  const repository = join(scratch, "repository");
  await makeRepository(repository, FILES);
  const hub = join(scratch, "hub.git");
  await run("git", ["clone", "-q", "--bare", repository, hub]);

  const dispatcher = await startDispatcher(join(scratch, "spawn"));
  const spawnSession = async (n: string) => {
    const asked = { task: "stand by", repository, branch: `bench/${n}`, agent: "scripted", script: [] };
    await dispatcher.request("POST", "/api/sessions", asked);
  };

  await spawnSession("warm");
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const name = `one-${round}`;
    await inTurns(round, [
      async () => void bare.push(await time(() => bareSpawn(scratch, hub, name))),
      async () => void ours.push(await time(() => spawnSession(name))),
    ]);
  }

  const bareTogether: number[] = [];
  const oursTogether: number[] = [];
  for (let round = 0; round < 2; round++) {
    const names = Array.from({ length: TOGETHER }, (_, n) => `many-${round}-${n}`);
    await inTurns(round, [
      async () => void bareTogether.push(await time(() => Promise.all(names.map((n) => bareSpawn(scratch, hub, n))))),
      async () => void oursTogether.push(await time(() => Promise.all(names.map(spawnSession)))),
    ]);
  }
  await dispatcher.stopAll();
  return [
    {
      name: `spawn, ${FILES} files`,
      value: median(ours),
      unit: "ms",
      against: { name: "clone --shared, checkout, empty Node", value: median(bare) },
      limit: 1.5,
    },
    {
      name: `${TOGETHER} spawns together`,
      value: Math.min(...oursTogether),
      unit: "ms",
      against: { name: `${TOGETHER} of those together`, value: Math.min(...bareTogether) },
      limit: 1.2,
    },
  ];
}

// Who comes second finds the disk busy with the files of the first, so each begins with nothing left to write, and each
// comes first in turn.
async function inTurns(round: number, measurements: (() => Promise<void>)[]): Promise<void> {
  for (const measure of round % 2 === 0 ? measurements : measurements.toReversed()) {
    await run("sync", []);
    await measure();
  }
}

async function bareSpawn(scratch: string, hub: string, name: string): Promise<void> {
  const directory = join(scratch, name);
  await run("git", ["clone", "-q", "--shared", "--no-checkout", hub, directory]);
  await run("git", ["-C", directory, "checkout", "-q", "-b", "bench/branch"]);
  await stopAll([await startEmptyNode()]);
}
