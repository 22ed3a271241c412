import { parse, readError, type SaidError } from "./read-error.ts";

/** What is held of one line, of an answer in one piece, and of a stream's end. */
const LINE_LIMIT = 64 * 1024;
const TAIL_LIMIT = 8 * 1024;
const NEWLINE = 0x0a;

/** Looks for a failure in an answer that began well, in bounded memory. */
export interface Scanner {
  /** Takes the next bytes. */
  read(bytes: Buffer): void;
  /** The failure told so far; `end` also knows what needs the whole answer. */
  error(): SaidError | null;
  end(): SaidError | null;
  /** The wire's own word that the answer is whole has come. */
  isWhole(): boolean;
}

/** For `text/event-stream`. A failure is a line: `data: {…}`, or the bare object that Gemini sends. */
export function scanEvents(): Scanner {
  let rest: Buffer = Buffer.alloc(0);
  let tooLong = false;
  const tail = keepTail();
  let found: SaidError | null = null;

  return {
    read(bytes) {
      tail.add(bytes);
      const last = bytes.lastIndexOf(NEWLINE);
      if (last >= 0) {
        const head = bytes.subarray(0, last + 1);
        const whole = rest.length > 0 ? Buffer.concat([rest, head]) : head;
        // Whoever streams megabytes pays for two searches, not for parsing.
        if (found === null && mayTell(whole)) found = findInLines(whole, tooLong);
        rest = Buffer.alloc(0);
        tooLong = false;
      }
      const open = bytes.subarray(last + 1);
      tooLong ||= rest.length + open.length > LINE_LIMIT;
      if (tooLong) rest = Buffer.alloc(0);
      else if (open.length > 0) rest = Buffer.concat([rest, open]);
    },
    error: () => found,
    end() {
      if (found === null && !tooLong && mayTell(rest)) found = findInLines(rest, false);
      // An object of its own, printed over many lines.
      const text = tail.text();
      found ??= readError(parse(text.slice(text.lastIndexOf("\n{") + 1)));
      return found;
    },
    isWhole: () =>
      /event: ?message_stop|data: ?\[DONE\]|"response\.(?:completed|incomplete)"|"finish_?[rR]eason": ?"/.test(
        tail.text(),
      ),
  };
}

/** For `application/json`: an answer in one piece, or Gemini's list. One longer than the limit is taken for good. */
export function scanWhole(): Scanner {
  const pieces: Buffer[] = [];
  let length = 0;
  let found: SaidError | null = null;
  return {
    read(bytes) {
      length += bytes.length;
      if (length <= LINE_LIMIT) pieces.push(Buffer.from(bytes));
      else pieces.length = 0;
    },
    error: () => found,
    end() {
      found ??= readError(parse(Buffer.concat(pieces).toString("utf8")));
      return found;
    },
    isWhole: () => length <= LINE_LIMIT && parse(Buffer.concat(pieces).toString("utf8")) !== undefined,
  };
}

function mayTell(bytes: Buffer): boolean {
  return bytes.includes('"error"') || bytes.includes("response.failed");
}

function findInLines(bytes: Buffer, skipFirst: boolean): SaidError | null {
  const lines = bytes.toString("utf8").split(/\r?\n/);
  for (const line of skipFirst ? lines.slice(1) : lines) {
    if (line.length > LINE_LIMIT || !/"error"|response\.failed/.test(line)) continue;
    const data = line.startsWith("data:") ? line.slice(5) : line;
    const told = readError(parse(data));
    if (told) return told;
  }
  return null;
}

/** The last bytes of a stream. Copies each byte twice at most. */
function keepTail() {
  const held = Buffer.alloc(2 * TAIL_LIMIT);
  let length = 0;
  return {
    add(bytes: Buffer) {
      const last = bytes.subarray(-TAIL_LIMIT);
      if (length + last.length > held.length) {
        held.copyWithin(0, length - TAIL_LIMIT, length);
        length = TAIL_LIMIT;
      }
      length += last.copy(held, length);
    },
    text: () => held.toString("utf8", Math.max(0, length - TAIL_LIMIT), length),
  };
}
