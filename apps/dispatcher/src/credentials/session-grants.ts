import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isId, writeJsonFile, type StateRoot } from "@harness/core";
import {
  grantPath,
  hashKey,
  readGrant,
  spentPath,
  type Budget,
  type Grant,
  type PushGrant,
} from "@harness/credentials";
import { createSerial } from "../serial.ts";

/** Who may call a credential worker, as its files say it. */
export interface SessionGrants {
  /** Lets an agent process that is being started call with `key`, beside the one that may live already. */
  begin(name: string, session: string, asked: Asked): Promise<Beginning>;
  /** Gives a session that has a grant another budget, from its next call on. */
  allow(name: string, session: string, budget: Budget | undefined): Promise<void>;
  /** What the session was granted is worth nothing any more. */
  withdraw(session: string): void;
  /** Nothing of the session is kept. */
  forget(session: string): void;
}

export interface Asked {
  readonly key: string;
  readonly budget?: Budget | undefined;
  readonly push?: PushGrant | undefined;
}

export interface Beginning {
  /** It runs: its key alone opens. */
  keep(): Promise<void>;
  /** It did not come to be: all is as it was before. */
  undo(): Promise<void>;
}

export function createSessionGrants(root: StateRoot): SessionGrants {
  const serial = createSerial();
  const read = (name: string, session: string) => readGrant(root.workerOf(name).directory, session);

  async function write(name: string, grant: Grant): Promise<void> {
    const path = grantPath(root.workerOf(name).directory, grant.session);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeJsonFile(path, grant);
  }
  /** Changes a grant that is still there. */
  function change(name: string, session: string, next: (grant: Grant) => Grant): Promise<void> {
    return serial(session, async () => {
      const grant = read(name, session);
      if (grant !== null) await write(name, next(grant));
    });
  }
  function withdraw(session: string): void {
    for (const name of workerNames(root)) rmSync(grantPath(join(root.run.workers, name), session), { force: true });
  }

  return {
    async begin(name, session, { key, budget, push }) {
      const hash = hashKey(key);
      const had = await serial(session, async () => {
        const grant = read(name, session);
        const starting = [...(grant?.startingKeyHashes ?? []), hash];
        await write(
          name,
          grant === null
            ? { v: 1, session, keyHash: hash, budget, push }
            : { ...grant, startingKeyHashes: starting, budget, push },
        );
        return grant !== null;
      });
      return {
        keep: () =>
          change(name, session, (grant) => ({ v: 1, session, keyHash: hash, budget: grant.budget, push: grant.push })),
        async undo() {
          if (!had) return rmSync(grantPath(root.workerOf(name).directory, session), { force: true });
          await change(name, session, ({ startingKeyHashes = [], ...grant }) => {
            const others = startingKeyHashes.filter((other) => other !== hash);
            return others.length === 0 ? grant : { ...grant, startingKeyHashes: others };
          });
        },
      };
    },
    allow: (name, session, budget) => change(name, session, (grant) => ({ ...grant, budget })),
    withdraw,
    forget(session) {
      withdraw(session);
      for (const name of workerNames(root)) rmSync(spentPath(join(root.run.workers, name), session), { force: true });
      rmSync(join(root.run.sockets, session), { recursive: true, force: true });
    },
  };
}

/** The providers that have or had a worker. */
export function workerNames(root: StateRoot): string[] {
  const { workers } = root.run;
  if (!existsSync(workers)) return [];
  return readdirSync(workers).filter((name) => isId(name) && existsSync(join(workers, name, "grants")));
}
