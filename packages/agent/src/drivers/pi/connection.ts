import { PassThrough } from "node:stream";
import type { ProcessExit, ProcessTree, StartedProcess } from "../../tree/process-tree.ts";
import type { FrameLog } from "../frame-log.ts";
import { readErrors } from "../read-errors.ts";
import { parseFrame, type Frame, type Response } from "./frame.ts";
import { createLineSplitter } from "./line-splitter.ts";

/** Longer lines are pictures and whole conversations, which nobody here reads. */
const LINE_LIMIT = 2 * 1024 * 1024;
/** Frames that a turn may lag behind before Pi has to wait. */
const LAG = 256;
/** Bytes that Pi may leave unread before it is answered no more. */
const UNREAD_LIMIT = 1024 * 1024;

/** A frame, or the size of a line that was too long to be one. */
export type Heard = Frame | { readonly type: "dropped"; readonly bytes: number };

/** A running Pi, spoken to in JSON lines. */
export interface Connection {
  /** Resolves with the answer; null when Pi is gone before. */
  request(command: { readonly type: string; readonly [field: string]: unknown }): Promise<Response | null>;
  /** What Pi says from now on, answers included, to its end. Taken by one listener at a time: who does not listen misses it. */
  listen(): AsyncIterable<Heard> & { close(): void };
  /** Pi ends in good order when nobody can speak to it any more. */
  hangUp(): void;
  /** False as soon as its process has ended or its output is closed. */
  readonly open: boolean;
  /** Resolves when its process has ended and nothing is left of what it had started. */
  readonly gone: Promise<ProcessExit>;
  /** The last that it wrote to stderr. */
  errors(): string;
}

export interface Connecting {
  readonly processes: Pick<ProcessTree, "stop">;
  readonly log: Pick<FrameLog, "write">;
}

export function connect(child: StartedProcess, { processes, log }: Connecting): Connection {
  const split = createLineSplitter(LINE_LIMIT);
  const pending = new Map<string, (response: Response | null) => void>();
  const errors = readErrors(child, { write: (bytes) => log.write("stderr", Buffer.from(bytes)) });
  let listener: PassThrough | null = null;
  let asked = 0;
  let open = true;

  const write = (message: object) => {
    const line = JSON.stringify(message);
    log.write("client", line);
    child.stdin.write(`${line}\n`);
  };

  async function hear(heard: Heard): Promise<void> {
    if (heard.type === "response" && heard.id !== undefined) {
      pending.get(heard.id)?.(heard);
      pending.delete(heard.id);
    }
    // Nobody is there to be asked by an extension; without an answer it would wait for ever.
    const heeds = child.stdin.writableLength < UNREAD_LIMIT;
    if (heard.type === "extension_ui_request" && heeds)
      write({ type: "extension_ui_response", id: heard.id, cancelled: true });
    const to = listener;
    if (to?.writable && !to.write(heard)) {
      await new Promise<void>((resolve) => to.once("drain", resolve).once("close", resolve));
    }
  }

  async function read(): Promise<void> {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const { lines, dropped } = split(chunk);
      if (dropped > 0) await hear({ type: "dropped", bytes: dropped });
      for (const line of lines) {
        log.write("agent", line);
        const frame = parseFrame(line);
        if (frame) await hear(frame);
      }
    }
  }

  function end(): void {
    open = false;
    for (const settle of pending.values()) settle(null);
    pending.clear();
    listener?.end();
  }

  // A pipe that breaks has been read to its end all the same.
  void read().then(end, end);
  // What it leaves behind could hold its output open for ever.
  const gone = child.exited.then(async (exit) => {
    open = false;
    await processes.stop();
    return exit;
  });

  return {
    request(command) {
      if (!open) return Promise.resolve(null);
      asked += 1;
      const id = String(asked);
      const answer = new Promise<Response | null>((resolve) => pending.set(id, resolve));
      write({ id, ...command });
      return answer;
    },
    listen() {
      const own = new PassThrough({ objectMode: true, highWaterMark: LAG });
      listener = own;
      if (!open) own.end();
      return {
        [Symbol.asyncIterator]: () => own[Symbol.asyncIterator]() as AsyncIterator<Heard>,
        close() {
          if (listener === own) listener = null;
          own.destroy();
        },
      };
    },
    hangUp: () => void child.stdin.end(),
    get open() {
      return open;
    },
    gone,
    errors: errors.text,
  };
}
