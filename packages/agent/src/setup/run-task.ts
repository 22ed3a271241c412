import { join, relative } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { SetupTask } from "@harness/core";
import type { AgentContext } from "../agent-context.ts";
import { describeExit } from "../drivers/describe-exit.ts";
import { openTranscript } from "../drivers/transcript.ts";
import { makeHome, workingDirectory } from "../open-driver.ts";
import { collectText } from "../reply.ts";
import type { StartedProcess } from "../tree/process-tree.ts";
import { lastLines } from "./last-lines.ts";

const TAIL = 8 * 1024;
/** A longer timer ends at once. */
const LONGEST_MS = 2 ** 31 - 1;
/** How long what is left in the pipes may take once everything has ended. */
const DRAIN_MS = 1_000;

/** What shells say of a program that is not there. */
const NOT_FOUND = 127;
const HIDDEN =
  " A program was not found: behind the wall a shell line finds those of the system and Node. One from elsewhere is shown where the command is a list that begins with it.";

export interface TaskRun {
  /** Names its log file. */
  readonly name: string;
  readonly task: SetupTask;
  /** The machine's network behind the wall, to install things: for as long as the coding agent has written nothing. */
  readonly network?: "host";
  /** Ends it, and everything it started. */
  readonly signal: AbortSignal;
}

export interface TaskOutcome {
  /** Null when it succeeded. */
  readonly reason: string | null;
  readonly lines: string[];
}

/** Where the output of a task is kept, below the session's directory. */
export function taskLog({ paths }: Pick<AgentContext, "paths">, name: string): string {
  return relative(paths.directory, join(paths.log, "setup", `${name}.log`));
}

/** Runs a command of the person where the coding agent works, with its environment. Nothing of it is left running. */
export async function runTask(context: AgentContext, { name, task, signal, ...reach }: TaskRun): Promise<TaskOutcome> {
  const { paths, processes } = context;
  const transcript = openTranscript(join(paths.log, "setup"), `${name}.log`);
  const tail = collectText({ head: 0, tail: TAIL });
  const overdue = new AbortController();
  const timer =
    task.timeoutMs > 0 ? setTimeout(() => overdue.abort(), Math.min(task.timeoutMs, LONGEST_MS)) : undefined;
  const limit = AbortSignal.any([signal, overdue.signal]);
  const stop = () => void processes.stop();
  let release = () => {};
  try {
    makeHome(paths);
    release = await context.outlet.hold();
    const child = await processes.start(task.command, { cwd: workingDirectory(paths), ...reach });
    limit.addEventListener("abort", stop, { once: true });
    if (limit.aborted) stop();
    child.stdin.end();
    const read = readOutput(child, (chunk, text) => {
      transcript.write(chunk);
      // What a shell says of its own end is not why it ended.
      if (!limit.aborted) tail.add(text);
    });
    const exit = await child.exited;
    // What it left running would hold its output open for ever.
    await processes.stop();
    await Promise.race([read, context.clock.sleep(DRAIN_MS)]);
    const { sandbox } = await context.wall.find();
    return { reason: reasonOf(), lines: lastLines(tail.text()) };

    function reasonOf(): string | null {
      if (signal.aborted) return "It was cancelled.";
      if (limit.aborted) return `It took longer than ${task.timeoutMs / 1000} s.`;
      const isHidden = exit.code === NOT_FOUND && sandbox !== "none";
      return exit.code === 0 ? null : `It ${describeExit(exit)}.${isHidden ? HIDDEN : ""}`;
    }
  } catch (error) {
    return { reason: `It could not be started: ${(error as Error).message}.`, lines: lastLines(tail.text()) };
  } finally {
    clearTimeout(timer);
    limit.removeEventListener("abort", stop);
    transcript.close();
    await processes.stop();
    release();
  }
}

// Both streams in the order in which they arrive.
function readOutput(child: StartedProcess, take: (chunk: Buffer, text: string) => void): Promise<unknown> {
  const reading = [child.stdout, child.stderr].map((stream) => {
    const decoder = new StringDecoder("utf8");
    stream.on("data", (chunk: Buffer) => take(chunk, decoder.write(chunk)));
    return new Promise((resolve) => stream.once("close", resolve));
  });
  return Promise.all(reading);
}
