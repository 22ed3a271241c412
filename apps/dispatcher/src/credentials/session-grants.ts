import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isId, writeJsonFile, type Owner, type StateRoot } from "@harness/core";
import {
  grantPath,
  hashKey,
  readGrant,
  socketName,
  spentPath,
  type Budget,
  type Grant,
  type PushGrant,
} from "@harness/credentials";
import type { Context } from "../context.ts";
import { createSerial } from "../serial.ts";
import { deleteTree } from "../trees.ts";
import { foldGrant, type GrantedStart } from "./fold-grant.ts";
import { openDoor } from "../users/open-door.ts";
import { sessionUser } from "../users/session-user.ts";

/** Who may call a credential worker, as its files say it. */
export interface SessionGrants {
  /** Lets an agent process that is being started call with `key`, beside the one that may live already. */
  begin(name: string, session: string, asked: Asked): Promise<Beginning>;
  /** Gives a session that has a grant another budget, from its next call on. */
  allow(name: string, session: string, budget: Budget | undefined): Promise<void>;
  /** What the session was granted is worth nothing any more. */
  withdraw(session: string): void;
  /** Nothing of the session is kept. */
  forget(session: string): Promise<void>;
}

export interface Asked {
  readonly key: string;
  readonly budget?: Budget | undefined;
  readonly push?: PushGrant | undefined;
}

export interface Beginning {
  /** It runs: its key alone opens. */
  keep(): Promise<void>;
  /** It did not come to be: all is as if it had never begun. */
  undo(): Promise<void>;
}

/** What stands behind the grant of one session at one worker while agent processes are being started. */
interface Open {
  settled: Grant | null;
  /** By the hash of their key, the newest last. */
  readonly starts: Map<string, GrantedStart>;
}

const ROOT = { uid: 0, gid: 0 };

interface Parts extends Pick<Context, "root"> {
  /** Who has users of their own; nobody unless given. */
  readonly users?: Context["users"];
}

export function createSessionGrants({ root, users }: Parts): SessionGrants {
  const serial = createSerial();
  const open = new Map<string, Open>();
  /** How often each session was withdrawn: what was asked for before is not done after. */
  const withdrawals = new Map<string, number>();

  /** Where the session has a user of its own, or the worker, only they find the way. */
  function prepare(name: string, session: string, worker: Owner | null): void {
    const owner = sessionUser(root.session(session));
    mkdirSync(join(root.workerOf(name).directory, "grants"), { recursive: true, mode: 0o700 });
    if (worker === null && owner === null) return;
    const door = dirname(join(root.run.sockets, session, socketName(name)));
    openDoor(door, { session: owner ?? ROOT, worker: worker ?? ROOT });
  }

  /** Does a step and has the file say so, unless the session is withdrawn meanwhile. */
  function change(name: string, session: string, step: (found: Open) => void): Promise<void> {
    const key = `${name}/${session}`;
    const before = withdrawals.get(session);
    const isWithdrawn = () => withdrawals.get(session) !== before;
    return serial(key, async () => {
      const { directory } = root.workerOf(name);
      const worker = (await users?.forWorker(directory)) ?? null;
      if (isWithdrawn()) return;
      const path = grantPath(directory, session);
      const found = open.get(key) ?? { settled: readGrant(directory, session), starts: new Map() };
      open.set(key, found);
      step(found);
      const grant = foldGrant(session, found.settled, [...found.starts.values()]);
      if (grant === null) rmSync(path, { force: true });
      else {
        prepare(name, session, worker);
        await writeJsonFile(path, grant, worker === null ? {} : { mode: 0o640 });
      }
      if (isWithdrawn()) rmSync(path, { force: true });
      else if (found.starts.size === 0) open.delete(key);
    });
  }

  function withdraw(session: string): void {
    withdrawals.set(session, (withdrawals.get(session) ?? 0) + 1);
    for (const key of open.keys()) if (key.endsWith(`/${session}`)) open.delete(key);
    for (const name of workerNames(root)) rmSync(grantPath(join(root.run.workers, name), session), { force: true });
  }

  return {
    async begin(name, session, { key, budget, push }) {
      const keyHash = hashKey(key);
      const begin = (found: Open) => found.starts.set(keyHash, { keyHash, budget, push });
      const end = async (keeps: boolean) => {
        await change(name, session, (found) => {
          const start = found.starts.get(keyHash);
          // What was withdrawn is neither kept nor undone.
          if (start === undefined) return;
          found.starts.delete(keyHash);
          if (keeps) found.settled = { v: 1, session, ...start };
        });
      };
      try {
        await change(name, session, begin);
      } catch (error) {
        open.get(`${name}/${session}`)?.starts.delete(keyHash);
        throw error;
      }
      return { keep: () => end(true), undo: () => end(false) };
    },
    async allow(name, session, budget) {
      await change(name, session, (found) => {
        if (found.settled !== null) found.settled = { ...found.settled, budget };
        for (const [hash, start] of found.starts) found.starts.set(hash, { ...start, budget });
      });
    },
    withdraw,
    async forget(session) {
      withdraw(session);
      for (const name of workerNames(root)) rmSync(spentPath(join(root.run.workers, name), session), { force: true });
      // Its doors are its user's, who may put links in there while this goes through.
      await deleteTree(join(root.run.sockets, session));
    },
  };
}

/** The providers that have or had a worker. */
export function workerNames(root: StateRoot): string[] {
  const { workers } = root.run;
  if (!existsSync(workers)) return [];
  return readdirSync(workers).filter((name) => isId(name) && existsSync(join(workers, name, "grants")));
}
