import { readdirSync, renameSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { syncDirectory, systemCode } from "@harness/core";
import type { Context } from "../context.ts";
import { chooseExpired } from "../salvage/choose-expired.ts";
import { createSerial } from "../serial.ts";
import { deleteTree, measureTrees } from "../trees.ts";

type Parts = Pick<Context, "root" | "clock" | "log" | "config">;

const DISCARDED = ".discarded";

/**
 * Takes a directory out of sight at once, and returns where it is; null when it was not there. It stays in the trash for
 * as long as config.yaml says, or with `discard` is deleted in the background.
 */
export async function moveToTrash(
  parts: Parts,
  directory: string,
  options: { discard?: boolean } = {},
): Promise<string | null> {
  const { root, clock } = parts;
  const name = `${basename(directory)}.${clock.now()}${options.discard === true ? DISCARDED : ""}`;
  const target = join(root.trash, name);
  try {
    renameSync(directory, target);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
  await Promise.all([dirname(directory), root.trash].map(syncDirectory));
  void emptyTrash(parts);
  return target;
}

export interface Trashed {
  path: string;
  session: string;
  at: string;
  discarded: boolean;
}

/** What lies in the trash, oldest first. */
export function listTrash({ root }: Pick<Parts, "root">): Trashed[] {
  const all = readdirSync(root.trash).flatMap((name): Trashed[] => {
    const path = join(root.trash, name);
    const [session = "", time = ""] = name.split(".");
    const facts = statSync(path, { throwIfNoEntry: false });
    const moved = /^\d{1,15}$/.test(time) ? Number(time) : facts?.mtimeMs;
    if (moved === undefined) return [];
    return [{ path, session, at: new Date(moved).toISOString(), discarded: name.endsWith(DISCARDED) }];
  });
  return all.toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

// One pass at a time: two would delete the same tree.
const inTurn = createSerial();
/** What lies in the trash does not change. */
const sizes = new Map<string, number>();

/** Deletes what is past its time or too much. What cannot be deleted is tried again by every later pass. */
export async function emptyTrash(parts: Parts): Promise<void> {
  const { root, log } = parts;
  await inTurn(root.trash, () => empty(parts)).catch((error: unknown) =>
    log.warn("the trash could not be looked through", { error }),
  );
}

async function empty(parts: Parts): Promise<void> {
  const { clock, config, log } = parts;
  const all = listTrash(parts);
  const { keepDays, maxBytes } = config.trash;
  const rests = all.filter(({ discarded }) => !discarded && keepDays > 0);
  const aging = [];
  for (const { path, at } of rests) aging.push({ key: path, at, bytes: maxBytes === 0 ? 0 : await measure(path) });
  const expired = chooseExpired(aging, { keepDays, maxBytes, nowMs: clock.now(), safeDays: 0 });
  for (const { path, session, at, discarded } of all) {
    if (!discarded && keepDays > 0 && !expired.has(path)) continue;
    const cause = discarded ? "discarded" : (expired.get(path) ?? "age");
    if (await deleteTree(path)) {
      sizes.delete(path);
      log.info("something in the trash is deleted", { path, session, at, cause });
    } else log.warn("something in the trash cannot be deleted, the next pass tries again", { path, session });
  }
}

async function measure(path: string): Promise<number> {
  const known = sizes.get(path) ?? (await measureTrees([path]));
  sizes.set(path, known);
  return known;
}
