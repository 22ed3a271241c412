import { setTimeout as sleep } from "node:timers/promises";
import { StringDecoder } from "node:string_decoder";
import { toErrorRecord, type StopReason } from "@harness/core";
import type { ProcessExit, StartedProcess } from "../../tree/process-tree.ts";
import type { Driver, DriverEvent, OpenOptions, Prompt } from "../driver.ts";
import { describeExit } from "../describe-exit.ts";
import { requireCommand, resolveCommand } from "../find-program.ts";
import { promptText } from "../prompt-text.ts";
import { readErrors } from "../read-errors.ts";
import { openTranscript, type Transcript } from "../transcript.ts";

const PIECE = 8 * 1024;
/** Beyond this much output a program is read slowly: it writes no faster than that. */
const FULL_SPEED_BYTES = 4 * 1024 * 1024;
const SLOW_MS = 20;

/** Any program: one run per turn, the prompt on its stdin, the reply on its stdout. */
export const commandDriver: Driver = {
  name: "command",
  async open(options) {
    requireCommand(options);
    return {
      resumeToken: null,
      prompt: (input, signal) => runCommand(options, input, signal),
      close: () => options.processes.stop(),
    };
  },
};

async function* runCommand(options: OpenOptions, input: Prompt, signal: AbortSignal): AsyncGenerator<DriverEvent> {
  const transcript = openTranscript(options.transcripts, `${input.turn}.log`);
  const stop = () => void options.processes.stop();
  try {
    const command = resolveCommand(options);
    transcript.write(
      `--- ${new Date().toISOString()} attempt ${input.attempt}: ${command.join(" ")}\n${input.text}\n---\n`,
    );
    const child = await options.processes.start(command, {
      cwd: options.directory,
      variables: modelVariables(options),
    });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    child.stdin.end(promptText(input));
    const errors = readErrors(child, transcript);
    // What the program left running would hold its output open for ever.
    const ended = child.exited.then(async (exit) => {
      await options.processes.stop();
      return exit;
    });
    yield* readOutput(child, transcript, signal);
    const exit = await ended;
    transcript.write(`\n--- ${describeExit(exit)}\n`);
    yield endOf(command[0] ?? "", exit, { errors: errors.text(), aborted: signal.aborted });
  } catch (error) {
    const { message, hint } = toErrorRecord(error);
    yield { type: "turn.ended", stopReason: "failed", note: `${message} ${hint}` };
  } finally {
    signal.removeEventListener("abort", stop);
    transcript.close();
    await options.processes.stop();
  }
}

/** Where the program finds the session's model, for those that want to know. */
function modelVariables({ model }: OpenOptions): Record<string, string> {
  if (model === null) return {};
  const { baseUrl, wire, id } = model;
  return { HARNESS_MODEL_URL: baseUrl, HARNESS_MODEL_WIRE: wire, ...(id === undefined ? {} : { HARNESS_MODEL: id }) };
}

async function* readOutput(
  child: StartedProcess,
  transcript: Transcript,
  signal: AbortSignal,
): AsyncGenerator<DriverEvent> {
  const decoder = new StringDecoder("utf8");
  let bytes = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    transcript.write(chunk);
    bytes += chunk.length;
    yield* pieces(decoder.write(chunk));
    if (bytes > FULL_SPEED_BYTES) await sleep(SLOW_MS, undefined, { signal }).catch(() => {});
  }
  yield* pieces(decoder.end());
}

function* pieces(text: string): Generator<DriverEvent> {
  for (let start = 0; start < text.length; start += PIECE)
    yield { type: "text", text: text.slice(start, start + PIECE) };
}

function endOf(program: string, exit: ProcessExit, facts: { errors: string; aborted: boolean }): DriverEvent {
  const stopReason: StopReason = facts.aborted ? "cancelled" : exit.code === 0 ? "end_turn" : "failed";
  if (stopReason !== "failed") return { type: "turn.ended", stopReason };
  const note = [`${program} ${describeExit(exit)}.`, facts.errors].filter((part) => part !== "").join("\n");
  return { type: "turn.ended", stopReason, note };
}
