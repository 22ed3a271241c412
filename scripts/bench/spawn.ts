import { rmSync } from "node:fs";
import { join } from "node:path";
import { median, type Figure } from "./figure.ts";
import { startDispatcher } from "./dispatcher.ts";
import { run, startEmptyNode, stopAll, time } from "./processes.ts";
import { makeRepository } from "./state.ts";

const FILES = 10_000;
const ROUNDS = 7;
const TOGETHER = 18;

/** From the API request to a ready agent process with its worktree, against the same by bare commands. */
export async function measureSpawn(scratch: string): Promise<Figure[]> {
  const repository = join(scratch, "repository");
  await makeRepository(repository, FILES);
  const hub = join(scratch, "hub.git");
  await run("git", ["clone", "-q", "--bare", repository, hub]);

  const dispatcher = await startDispatcher(join(scratch, "spawn"));
  const spawnSession = async (n: string) => {
    const asked = { task: "stand by", repository, branch: `bench/${n}`, agent: "scripted", script: [] };
    const { id } = (await dispatcher.request("POST", "/api/sessions", asked)) as { id: string };
    return id;
  };
  const removeSessions = (ids: string[]) =>
    Promise.all(ids.map((id) => dispatcher.request("DELETE", `/api/sessions/${id}`, { discard: true })));

  await removeSessions([await spawnSession("warm")]);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await time(() => bareSpawn(scratch, hub, `one-${round}`)));
    let id = "";
    ours.push(await time(async () => void (id = await spawnSession(`one-${round}`))));
    await removeSessions([id]);
    rmSync(join(scratch, `one-${round}`), { recursive: true });
  }

  const names = Array.from({ length: TOGETHER }, (_, n) => `many-${n}`);
  const bareTogether: number[] = [];
  const oursTogether: number[] = [];
  for (let round = 0; round < 2; round++) {
    bareTogether.push(await time(() => Promise.all(names.map((name) => bareSpawn(scratch, hub, name)))));
    for (const name of names) rmSync(join(scratch, name), { recursive: true });
    let ids: string[] = [];
    oursTogether.push(
      await time(async () => void (ids = await Promise.all(names.map((name) => spawnSession(`${name}-${round}`))))),
    );
    await removeSessions(ids);
  }
  await dispatcher.stop();
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

async function bareSpawn(scratch: string, hub: string, name: string): Promise<void> {
  const directory = join(scratch, name);
  await run("git", ["clone", "-q", "--shared", "--no-checkout", hub, directory]);
  await run("git", ["-C", directory, "checkout", "-q", "-b", "bench/branch"]);
  await stopAll([await startEmptyNode()]);
}
