import { StringDecoder } from "node:string_decoder";
import { collectText } from "../../reply.ts";
import type { ProcessExit, StartedProcess } from "../../tree/process-tree.ts";
import { describeExit } from "../describe-exit.ts";
import type { OpenOptions } from "../driver.ts";
import type { StepContext, StepEvents } from "./steps.ts";

const OUTPUT_TAIL = 16 * 1024;

export interface Run {
  readonly command: string | readonly string[];
  /** The exit code that counts as success; 0 unless given. */
  readonly expect?: number | undefined;
}

/** Runs a program in the working directory and waits for its end. */
export async function* runProgram(context: StepContext, { command, expect = 0 }: Run): StepEvents {
  const call = `step-${context.position}`;
  const args = typeof command === "string" ? ["sh", "-c", command] : [...command];
  const shown = typeof command === "string" ? command : command.join(" ");
  yield { type: "tool.called", call, tool: "run", text: shown };
  const { exit, output } = await runToExit(context, args);
  const ok = exit.code === expect;
  yield { type: "tool.returned", call, ok, text: output };
  if (context.signal.aborted) return { end: { stopReason: "cancelled" } };
  if (ok) return {};
  return { end: { stopReason: "failed", note: `\`${shown}\` ${describeExit(exit)}.\n${output}`.trimEnd() } };
}

/** A program's end and the last of what it wrote. */
export async function runToExit(
  { options, signal }: { options: OpenOptions; signal: AbortSignal },
  command: readonly string[],
): Promise<{ exit: ProcessExit; output: string }> {
  const child = await options.processes.start(command, { cwd: options.directory });
  const stop = () => void options.processes.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  child.stdin.end();
  const output = collectOutput(child);
  const exit = await child.exited;
  await output.drained(DRAIN_MS);
  signal.removeEventListener("abort", stop);
  return { exit, output: output.text() };
}

/** How long output may still come after the program's end: something it left behind can hold the pipe open. */
const DRAIN_MS = 200;

function collectOutput(child: StartedProcess) {
  const collected = collectText({ head: 0, tail: OUTPUT_TAIL });
  const ends = [child.stdout, child.stderr].map((stream) => {
    const decoder = new StringDecoder("utf8");
    stream.on("data", (chunk: Buffer) => collected.add(decoder.write(chunk)));
    return new Promise<void>((resolve) => stream.once("close", resolve));
  });
  return {
    text: () => collected.text(),
    drained: (limitMs: number) => {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, limitMs)));
      return Promise.race([Promise.all(ends).then(() => {}), limit]).finally(() => clearTimeout(timer));
    },
  };
}
