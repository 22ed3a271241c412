import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { HarnessError, isId, listSessionIds, systemCode, writeJsonFile, type StateRoot } from "@harness/core";
import { createSerial } from "../serial.ts";
import { isPortFree } from "./is-free.ts";
import { leasePath, readPorts, readToldPorts, type Ports } from "./lease-file.ts";
import type { PortRange } from "./port-range.ts";

/** Which session has which port. Kept until the session is removed, whatever runs meanwhile. */
export interface PortLeases {
  /**
   * Contract: gives the session a port for each variable that has none yet, and returns all it has. No port is ever given
   * to two sessions, and a new one was free when it was given. Durable when the promise resolves. Throws `ports-exhausted`.
   */
  lease(id: string, variables: readonly string[]): Promise<Ports>;
  release(id: string): void;
}

export interface PortLeasesOptions {
  root: StateRoot;
  range: PortRange;
  /** Only for tests: takes the place of a look at the machine. */
  isFree?(port: number): Promise<boolean>;
}

export function openPortLeases({ root, range, isFree = isPortFree }: PortLeasesOptions): PortLeases {
  const owners = new Map<number, string>();
  const serial = createSerial();
  for (const [id, ports] of readAll(root))
    for (const port of Object.values(ports)) if (!owners.has(port)) owners.set(port, id);
  const size = range.to - range.from + 1;
  // State roots of one machine begin at different places: none knows what another has given away and nobody uses yet.
  let next = startOf(root, size);

  // Taken before the first wait, so that nobody else can be given it meanwhile.
  async function take(id: string): Promise<number> {
    for (let tried = 0; tried < size; tried++) {
      const port = range.from + next;
      next = (next + 1) % size;
      if (owners.has(port)) continue;
      owners.set(port, id);
      if (await isFree(port)) return port;
      owners.delete(port);
    }
    const message = `All ports from ${range.from} to ${range.to} are leased to sessions or in use.`;
    throw new HarnessError("ports-exhausted", message);
  }

  async function lease(id: string, variables: readonly string[]): Promise<Ports> {
    const known = readPorts(root, id);
    const missing = variables.filter((name) => !Object.hasOwn(known, name));
    if (missing.length === 0) return known;
    const taken: [string, number][] = [];
    try {
      for (const name of missing) taken.push([name, await take(id)]);
      const ports = { ...known, ...Object.fromEntries(taken) };
      makeDirectory(root.runOf(id).directory);
      await writeJsonFile(leasePath(root, id), { v: 1, ports });
      return ports;
    } catch (error) {
      for (const [, port] of taken) owners.delete(port);
      throw error;
    }
  }

  return {
    lease: (id, variables) => serial(id, () => lease(id, variables)),
    release(id) {
      for (const [port, owner] of owners) if (owner === id) owners.delete(port);
    },
  };
}

function readAll(root: StateRoot): [string, Ports][] {
  const kept = readdirSync(root.run.sessions)
    .filter(isId)
    .map((id): [string, Ports] => [id, readPorts(root, id)]);
  const known = new Set(kept.filter(([, ports]) => Object.keys(ports).length > 0).map(([id]) => id));
  // What a session only says of itself comes last.
  const told = listSessionIds(root)
    .filter((id) => !known.has(id))
    .map((id): [string, Ports] => [id, readToldPorts(root, id)]);
  return [...kept, ...told];
}

function startOf(root: StateRoot, size: number): number {
  return createHash("sha256").update(root.path).digest().readUInt32BE() % size;
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
