import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessExit } from "../../tree/process-tree.ts";
import { describeExit } from "../describe-exit.ts";
import type { OpenOptions } from "../driver.ts";
import { resolveCommand } from "../find-program.ts";
import { readErrors } from "../read-errors.ts";
import type { AcpClient, Wire } from "./client.ts";
import type { FrameLog } from "../frame-log.ts";
import { createFrameReader, type Frame } from "./frames.ts";
import type { LoadedClient } from "./load-client.ts";

/** What an agent does not read of what it is told is held up to here. */
const UNREAD_BYTES = 8 * 1024 * 1024;
/** Beyond this much output in one turn an agent is read slowly: it writes no faster than that. */
const FULL_SPEED_BYTES = 4 * 1024 * 1024;
const SLOW_MS = 20;
const UPDATE = /"method"\s*:\s*"session\/update"/;
/** For what an agent wrote just before its end. */
const LAST_WORDS_MS = 200;

/** Who hears what the agent says: one turn, or nobody. */
export interface Listener extends Pick<Wire, "onPermission" | "onElicitation"> {
  onUpdate(params: unknown): void;
  /** Output that was read and kept nowhere; `head` is the beginning of an update that was too long. */
  onDropped(bytes: number, head?: string): void;
  /** Resolves when more can be taken. */
  room(): Promise<void>;
}

/** A coding agent that runs and speaks. */
export interface RunningAgent {
  readonly client: AcpClient;
  /** How it ended, in words; undefined while it runs. */
  readonly end: string | undefined;
  listen(listener: Listener): void;
  /** Nobody listens any more. */
  hush(): void;
  /** Closes its stdin, waits until it has ended, and lets go of it. */
  leave(waitMs: number): Promise<void>;
}

export interface AgentStart {
  readonly options: OpenOptions;
  readonly sdk: LoadedClient;
  readonly log: FrameLog;
  readonly variables: Record<string, string>;
  /** Hears what is said before anybody listens. */
  readonly deaf: Listener;
}

/** Starts the session's program and connects to it. Throws what keeps it from starting. */
export async function startAgent({ options, sdk, log, variables, deaf }: AgentStart): Promise<RunningAgent> {
  const command = resolveCommand(options);
  const program = basename(command[0] ?? "");
  const child = await options.processes.start(command, { cwd: options.directory, variables, patient: true });
  const errors = readErrors(child, { write: (bytes) => log.write("stderr", Buffer.from(bytes)) });
  let listener = deaf;
  let bytes = 0;
  let end: string | undefined;

  const fail = (why: string) => finish(`The coding agent was stopped. ${why}`);
  const client = sdk.connect({
    send: (frame) => sendFrame(frame),
    onPermission: (request) => listener.onPermission(request),
    onElicitation: (request) => listener.onElicitation(request),
    onAbuse: fail,
  });
  const reader = createFrameReader({
    line: (line) => log.write("agent", line),
    // Not handed to the SDK: it drops updates of kinds that it does not know, and delivers the others behind the answer
    // that followed them. Taken from the wire they come whole and in order.
    frame: (frame) => (isUpdate(frame) ? listener.onUpdate(frame["params"]) : client.receive(frame)),
    noise: (dropped) => listener.onDropped(dropped),
    tooLong(head, dropped) {
      log.write("agent", head);
      // What it was the answer to would be waited for in vain.
      if (!UPDATE.test(head)) fail(`It sent ${dropped} bytes in one message.`);
      listener.onDropped(dropped, head);
    },
  });

  function sendFrame(frame: Frame): void {
    const line = JSON.stringify(frame);
    log.write("client", line);
    if (child.stdin.writableLength > UNREAD_BYTES) fail("It does not read what it is told.");
    else child.stdin.write(`${line}\n`);
  }

  async function read(): Promise<void> {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      if (end !== undefined) continue;
      reader.push(chunk);
      bytes += chunk.length;
      if (bytes > FULL_SPEED_BYTES) await sleep(SLOW_MS);
      await listener.room();
    }
  }

  function finish(why: string): void {
    if (end !== undefined) return;
    end = why;
    client.close();
  }

  const heard = read().catch(() => {});
  void heard.then(async () => {
    // An agent that says nothing more is of no use, whether it has ended or not.
    const exit = await Promise.race([child.exited, sleep(LAST_WORDS_MS)]);
    finish(exit ? describeEnd(program, exit, errors.text()) : "The coding agent closed its output.");
  });
  void child.exited.then(async (exit) => {
    await Promise.race([heard, sleep(LAST_WORDS_MS)]);
    finish(describeEnd(program, exit, errors.text()));
  });

  return {
    client,
    get end() {
      return end;
    },
    listen(next) {
      listener = next;
      bytes = 0;
    },
    hush: () => (listener = deaf),
    async leave(waitMs) {
      child.stdin.end();
      const waited = new AbortController();
      await Promise.race([child.exited, sleep(waitMs, undefined, { signal: waited.signal }).catch(() => {})]);
      waited.abort();
      finish("The coding agent was closed.");
    },
  };
}

function describeEnd(program: string, exit: ProcessExit, errors: string): string {
  return [`${program} ${describeExit(exit)}.`, errors].filter((part) => part !== "").join("\n");
}

function isUpdate(frame: Frame): boolean {
  return frame["method"] === "session/update" && !("id" in frame);
}
