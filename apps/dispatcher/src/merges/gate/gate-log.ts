import { closeSync, openSync, writeSync } from "node:fs";

const HEAD_BYTES = 4 * 1024 * 1024;
const TAIL_BYTES = 64 * 1024;

/** What a gate prints, in a bounded file: the beginning and the end of it. */
export interface GateLog {
  write(bytes: Buffer): void;
  /** Contract: closes the file. Returns the last bytes. */
  end(): Buffer;
}

export function openGateLog(path: string): GateLog {
  const file = openSync(path, "wx", 0o600);
  let written = 0;
  let total = 0;
  let tail = Buffer.alloc(0);
  let isWhole = true;
  const append = (bytes: Buffer) => {
    // A full disk must not end the gate, and even less the dispatcher: its end is what counts.
    try {
      while (isWhole && bytes.length > 0) bytes = bytes.subarray(writeSync(file, bytes));
    } catch {
      isWhole = false;
    }
  };
  return {
    write: (bytes) => {
      const head = bytes.subarray(0, Math.max(0, HEAD_BYTES - written));
      append(head);
      written += head.length;
      total += bytes.length;
      tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES);
    },
    end: () => {
      const left = total - written;
      const rest = tail.subarray(Math.max(0, tail.length - left));
      if (left > rest.length) append(Buffer.from(`\n[${left - rest.length} bytes left out]\n`));
      append(rest);
      closeSync(file);
      return tail;
    },
  };
}
