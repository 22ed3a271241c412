import { randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  HarnessError,
  ownerOf,
  readJsonFileSync,
  systemCode,
  userOf,
  writeJsonFile,
  type StateRoot,
} from "@harness/core";
import { z } from "zod";
import { createSerial } from "../serial.ts";
import type { IdRange } from "./id-range.ts";
import { accounts, knownAccounts } from "./known-accounts.ts";

/** Numbers of users and groups, each given out once. */
export interface Numbers {
  /** Contract: on the disk before it resolves. A number is never given twice, whatever becomes of who had it. */
  next(): Promise<number>;
  /** It was set aside here, so that nobody but a session, a worker or a gate has it. */
  wasGiven(id: number): boolean;
  /** It is one of these numbers and nobody's account, although nothing may be known of who gave it. */
  isNobodys(id: number): Promise<boolean>;
}

/** run/users.json: which numbers were set aside, from `first` to the one before `next`, but those that `others` had. */
const NumbersSchema = z.object({
  v: z.literal(1),
  first: z.int(),
  next: z.int(),
  others: z.array(z.int()).default([]),
});
type Given = Omit<z.infer<typeof NumbersSchema>, "v">;

/** Two state roots of one machine, who know nothing of each other, begin at different places. */
const WIDE = 1_000_000;
/** Set aside at once, so that few sessions wait for the disk. What a dispatcher that ends has not given is given to nobody. */
const BATCH = 16;

export function openNumbers(root: StateRoot, range: IdRange, askKnown = knownAccounts): Numbers {
  const serial = createSerial();
  const path = join(root.run.path, "users.json");
  const stored = readJsonFileSync(path, NumbersSchema);
  let given: Given = stored !== null && fits(stored) ? stored : begin();
  const free: number[] = [];

  function fits({ first, next }: Given): boolean {
    return first >= range.first && first <= next && next <= range.last + 1;
  }

  // Where it was lost, it begins behind whatever is still seen of it.
  function begin(): Given {
    const width = range.last - range.first + 1;
    const seen = [...ownersIn(root)].filter((id) => id >= range.first && id <= range.last);
    const first =
      width >= WIDE
        ? range.first + randomInt(Math.floor(width / 2))
        : Math.max(range.first, ...seen.map((id) => id + 1));
    return { first, next: first, others: [] };
  }

  async function setAside(): Promise<void> {
    const taken = new Set([...accounts(), ...ownersIn(root), ...running()]);
    let id = given.next;
    const others = [...given.others];
    let found: number[] = [];
    while (found.length === 0 && id <= range.last) {
      for (; found.length < BATCH && id <= range.last; id++) if (!taken.has(id)) found.push(id);
      const known = await askKnown(found);
      others.push(...new Set(known));
      found = found.filter((each) => !known.includes(each));
    }
    if (found.length === 0) throw spent(range);
    given = { first: given.first, next: id, others };
    await writeJsonFile(path, { v: 1, ...given });
    free.push(...found);
  }

  const wasGiven = (id: number) =>
    id >= given.first && id < given.next && !given.others.includes(id) && !accounts().includes(id);

  return {
    wasGiven,
    async isNobodys(id) {
      if (wasGiven(id)) return true;
      if (id < range.first || id > range.last || accounts().includes(id)) return false;
      return (await askKnown([id])).length === 0;
    },
    next: () =>
      serial("next", async () => {
        if (free.length === 0) await setAside();
        return free.shift()!;
      }),
  };
}

function spent({ first, last }: IdRange): HarnessError {
  return new HarnessError("users-spent", `Every user from ${first} to ${last} has been given to a session once.`);
}

/** Whoever owns something that is, was or will be a session's, a hub's or a worker's. */
function ownersIn(root: StateRoot): Set<number> {
  const places = [root.sessions, root.archive, root.trash, root.hub, root.run.workers, join(root.run.path, "creating")];
  const found = new Set<number>();
  for (const place of places) {
    for (const name of list(place)) {
      const owner = ownerOf(join(place, name));
      if (owner !== null) found.add(owner.uid).add(owner.gid);
    }
  }
  return found;
}

function running(): number[] {
  return list("/proc").flatMap((name) => (/^\d+$/.test(name) ? (userOf(Number(name)) ?? []) : []));
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
