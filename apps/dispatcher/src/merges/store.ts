import { mkdirSync, readdirSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isId, readJsonFileSync, type StateRoot, systemCode, timestamp, writeJsonFile } from "@harness/core";
import type { Log } from "../log.ts";
import { type MergeItem, MergeItemSchema } from "./item.ts";

const ENDED_KEPT = 200;
/** Of the gates that were run on the way and decided about no merge. */
const OTHER_LOGS_KEPT = 100;

/** The merges of run/merges, in memory and on disk. The dispatcher is their one writer. */
export interface MergeStore {
  /** In the order of the queue. */
  list(): MergeItem[];
  find(id: string): MergeItem | null;
  /** Contract: on disk before it is told to anybody. */
  write(item: MergeItem): Promise<MergeItem>;
  nextOrder(): number;
}

export function openMergeStore({ root, log }: { root: StateRoot; log: Log }): MergeStore {
  const items = new Map<string, MergeItem>();
  for (const name of namesOf(root.run.merges, ".json")) {
    const item = readJsonFileSync(join(root.run.merges, name), MergeItemSchema);
    if (item === null) log.warn("the file of a merge cannot be read", { name });
    else items.set(item.id, item);
  }
  const list = () => [...items.values()].toSorted((a, b) => a.order - b.order);
  const pathOf = (id: string) => join(root.run.merges, `${id}.json`);
  let last = Math.max(0, ...list().map(({ order }) => order));

  const prune = async () => {
    const ended = list().filter(({ state }) => state === "ended");
    for (const { id } of ended.slice(0, -ENDED_KEPT)) {
      items.delete(id);
      await rm(pathOf(id), { force: true });
    }
    const shown = new Set(list().flatMap(({ gate }) => (gate === null ? [] : [`${gate.id}.log`])));
    const others = (await newestFirst(root.run.gates)).filter((name) => !shown.has(name));
    for (const name of others.slice(OTHER_LOGS_KEPT)) await rm(join(root.run.gates, name), { force: true });
  };
  return {
    list,
    find: (id) => items.get(id) ?? null,
    nextOrder: () => (last += 1),
    write: async (item) => {
      const fresh = { ...item, updatedAt: timestamp() };
      makeFolder(root);
      await writeJsonFile(pathOf(item.id), fresh);
      items.set(item.id, fresh);
      if (item.state === "ended") await prune();
      return fresh;
    },
  };
}

export function gateLogPath(root: StateRoot, run: string): string {
  return join(root.run.gates, `${run}.log`);
}

async function newestFirst(directory: string): Promise<string[]> {
  const names = namesOf(directory, ".log");
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (await stat(join(directory, name)).catch(() => null))?.mtimeMs ?? 0);
  return names.toSorted((one, other) => (times.get(other) ?? 0) - (times.get(one) ?? 0));
}

// The last part only: a state root that vanished is not made again.
function makeFolder(root: StateRoot): void {
  try {
    mkdirSync(root.run.merges, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}

function namesOf(directory: string, ending: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith(ending) && isId(name.slice(0, -ending.length)));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
