import { setImmediate } from "node:timers/promises";
import { inflateSync } from "node:zlib";
import { COMMIT_LIMIT, collectCommits, type Commits } from "./commits.ts";
import { HEADER_LIMIT, readObjectHeader, type ObjectHeader } from "./headers.ts";
import { openInflation, type Inflation } from "./inflate.ts";

const START = 12;
/** What a deflated object may take more than what it holds. */
const OVERHEAD = 1024;
const STEPS_AT_ONCE = 256;

/** Reads along what a push sends: in bounded memory, whatever its size. */
export interface PackReader {
  /** Throws where it is no pack. */
  write(bytes: Buffer): Promise<void>;
  /** All has been written. Throws where the pack is not whole. */
  end(): Promise<void>;
  close(): void;
  readonly commits: Commits;
}

interface Begun {
  readonly header: ObjectHeader;
  readonly offset: number;
  inflation: Inflation | null;
}

/** Of a repository whose hashes have so many bytes. */
export function openPackReader(hashBytes: number): PackReader {
  const commits = collectCommits(hashBytes);
  let held: Buffer = Buffer.alloc(0);
  /** Of the first byte that is held, from the beginning of the pack. */
  let offset = 0;
  let left: number | null = null;
  let begun: Begun | null = null;

  function take(length: number): void {
    held = held.subarray(length);
    offset += length;
  }

  function begin(isLast: boolean): boolean {
    if (held.length < HEADER_LIMIT && !isLast) return false;
    const header = readObjectHeader(held, hashBytes);
    if (header === null) throw new Error("It ends in the middle of an object.");
    begun = { header, offset, inflation: null };
    take(header.length);
    return true;
  }

  function finish(): void {
    begun = null;
    left = (left ?? 0) - 1;
  }

  /** A small object at once, in one piece. */
  function readSmall({ header, offset: at }: Begun, isLast: boolean): boolean {
    const most = header.size + OVERHEAD;
    if (held.length < most && !isLast) return false;
    const { data, length } = inflateWhole(held.subarray(0, most), header.size);
    if (commits.wants(header, at)) commits.add(header, at, data);
    take(length);
    finish();
    return true;
  }

  async function readLarge(object: Begun): Promise<boolean> {
    if (held.length === 0) return false;
    object.inflation ??= openInflation(object.header.size);
    const length = await object.inflation.write(held);
    const isWhole = length < held.length;
    take(length);
    if (isWhole) {
      object.inflation.close();
      finish();
    }
    return isWhole;
  }

  async function step(isLast: boolean): Promise<boolean> {
    if (left === null) {
      if (held.length < START) return false;
      if (held.toString("latin1", 0, 4) !== "PACK" || held.readUInt32BE(4) !== 2) throw new Error("It is no pack.");
      left = held.readUInt32BE(8);
      take(START);
      return true;
    }
    if (left === 0) {
      if (held.length > hashBytes) throw new Error("Something follows it.");
      return false;
    }
    if (begun === null) return begin(isLast);
    return begun.header.size <= COMMIT_LIMIT ? readSmall(begun, isLast) : readLarge(begun);
  }

  return {
    commits,
    async write(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      // A pack of tiny objects must not keep the worker from its other sessions.
      for (let steps = 1; await step(false); steps++) if (steps % STEPS_AT_ONCE === 0) await setImmediate();
    },
    async end() {
      while (await step(true));
      if (left !== 0 || begun !== null || held.length !== hashBytes) throw new Error("It is not whole.");
    },
    close: () => begun?.inflation?.close(),
  };
}

function inflateWhole(bytes: Buffer, size: number): { data: Buffer; length: number } {
  // `info` tells how much of the input was one object's; the types do not know of it.
  const chunkSize = Math.min(16 * 1024, Math.max(64, size + 1));
  const options = { info: true, chunkSize, maxOutputLength: Math.max(1, size) } as object;
  const { buffer, engine } = inflateSync(bytes, options) as unknown as {
    buffer: Buffer;
    engine: { bytesWritten: number };
  };
  if (buffer.length !== size) throw new Error("An object is not as large as it says.");
  return { data: buffer, length: engine.bytesWritten };
}
