const NEWLINE = 0x0a;
const RETURN = 0x0d;

export interface Split {
  readonly lines: string[];
  /** Bytes of lines that were too long to be held. */
  readonly dropped: number;
}

/** Cuts a byte stream into lines at LF alone: other line ends are allowed inside a JSON string. Holds at most `limit` bytes of a line. */
export function createLineSplitter(limit: number): (chunk: Uint8Array) => Split {
  let parts: Buffer[] = [];
  let held = 0;
  let skipping = 0;

  return (chunk) => {
    const lines: string[] = [];
    let dropped = 0;
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
      const size = held + end;
      if (skipping > 0 || size > limit) dropped += skipping + size;
      else lines.push(decode([...parts, rest.subarray(0, end)]));
      [parts, held, skipping] = [[], 0, 0];
      rest = rest.subarray(end + 1);
    }
    held += rest.length;
    if (held > limit || skipping > 0) {
      skipping += held;
      [parts, held] = [[], 0];
    } else if (rest.length > 0) {
      parts.push(rest);
    }
    return { lines, dropped };
  };
}

function decode(parts: Buffer[]): string {
  const line = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  return line.toString("utf8", 0, line.at(-1) === RETURN ? line.length - 1 : line.length);
}
