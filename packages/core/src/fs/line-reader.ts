import { readSync } from "node:fs";

const CHUNK = 256 * 1024;
const NEWLINE = 0x0a;

export interface LineReader {
  /** Whole lines from `offset` to the end of the file as it is now. What follows the last newline stays for the next call. */
  read(): Generator<string>;
  readonly offset: number;
}

/** Reads a growing file line by line. A line longer than `maxLineBytes` is skipped without being held. */
export function createLineReader(descriptor: number, options: { offset?: number; maxLineBytes: number }): LineReader {
  let offset = options.offset ?? 0;
  let skipping = false;

  function* read(): Generator<string> {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let rest: Buffer[] = [];
    let restLength = 0;
    let position = offset;
    for (;;) {
      const count = readSync(descriptor, chunk, 0, CHUNK, position);
      if (count === 0) return;
      position += count;
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE, start); end >= 0 && end < count; end = chunk.indexOf(NEWLINE, start)) {
        const line = Buffer.concat([...rest, chunk.subarray(start, end)]);
        rest = [];
        restLength = 0;
        start = end + 1;
        offset = position - count + start;
        if (!skipping && line.length <= options.maxLineBytes) yield line.toString("utf8");
        skipping = false;
      }
      const tail = chunk.subarray(start, count);
      restLength += tail.length;
      if (restLength > options.maxLineBytes) {
        skipping = true;
        rest = [];
        restLength = 0;
        offset = position;
      } else if (tail.length > 0) {
        rest.push(Buffer.from(tail));
      }
    }
  }

  return {
    read,
    get offset() {
      return offset;
    },
  };
}
