/** One message of the protocol, as it stood on the line. */
export type Frame = Readonly<Record<string, unknown>>;

/** A longer line is not held. */
export const FRAME_BYTES = 4 * 1024 * 1024;
/** Parsing takes memory for every open bracket: deeper lines are no frames. */
const DEPTH_LIMIT = 128;
const HEAD_BYTES = 4 * 1024;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface FrameSink {
  /** Everything that was on a line, before anybody looks into it. */
  line(line: Buffer): void;
  frame(frame: Frame): void;
  /** A line that is no frame. */
  noise(bytes: number): void;
  /** A line that was too long to be held, told when it is over. */
  tooLong(head: string, bytes: number): void;
}

/** Cuts what an agent writes into frames, in bounded memory. */
export function createFrameReader(sink: FrameSink, limit = FRAME_BYTES): { push(chunk: Buffer): void } {
  let parts: Buffer[] = [];
  let length = 0;
  let head = "";

  function keep(piece: Buffer): void {
    length += piece.length;
    if (length <= limit) parts.push(piece);
    else if (head === "") {
      head = Buffer.concat([...parts, piece]).toString("utf8", 0, HEAD_BYTES);
      parts = [];
    }
  }

  function finish(): void {
    const bytes = length;
    if (head !== "") sink.tooLong(head, bytes);
    else readLine(Buffer.concat(parts));
    parts = [];
    length = 0;
    head = "";
  }

  function readLine(line: Buffer): void {
    if (line.toString("latin1", 0, 64).trim() === "" && line.toString("utf8").trim() === "") return;
    sink.line(line);
    const frame = parseFrame(line);
    if (frame) sink.frame(frame);
    else sink.noise(line.length);
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
        keep(chunk.subarray(start, end));
        finish();
        start = end + 1;
      }
      // A copy: the chunk may be a view into a buffer that is used again.
      if (start < chunk.length) keep(Buffer.from(chunk.subarray(start)));
    },
  };
}

/** Null for everything that is not one JSON object of a sane depth. Pure. */
export function parseFrame(line: Buffer): Frame | null {
  if (isDeep(line)) return null;
  try {
    const value: unknown = JSON.parse(line.toString("utf8"));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDeep(line: Buffer): boolean {
  // Not even brackets alone could be too many.
  if (line.length <= DEPTH_LIMIT) return false;
  let depth = 0;
  for (let at = 0; at < line.length; at += 1) {
    const byte = line[at];
    if (byte === QUOTE) at = stringEnd(line, at);
    else if (byte === 0x5b || byte === 0x7b) depth += 1;
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (depth > DEPTH_LIMIT) return true;
  }
  return false;
}

function stringEnd(line: Buffer, start: number): number {
  for (let at = line.indexOf(QUOTE, start + 1); at >= 0; at = line.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (line[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return line.length;
}
