import { isAbsolute, join } from "node:path";
import { HarnessError, readFileSafe, systemCode, toErrorRecord } from "@harness/core";
import { isStorageFailure } from "../../storage.ts";
import type { Driver, DriverEvent, OpenOptions, Prompt } from "../driver.ts";
import { openProgress } from "./progress.ts";
import { parsePromptScript, parseScript, type Script, type Step } from "./script.ts";
import { runStep, type StepResult } from "./steps.ts";

const SCRIPT_LIMIT = 1024 * 1024;

/**
 * Replays a script of real actions, one list of steps per prompt; stands in for a coding agent where none may be needed.
 * The script is `agent.script`, or the JSON file that `agent.command` names. A prompt that is itself a list of steps
 * is done as it stands, and without any script the reply is the prompt's text.
 */
export const scriptedDriver: Driver = {
  name: "scripted",
  async open(options) {
    const script = await loadScript(options);
    const closed = new AbortController();
    return {
      resumeToken: null,
      prompt: (input, signal) => replay({ options, script, signal: AbortSignal.any([signal, closed.signal]) }, input),
      close() {
        // No further step begins.
        closed.abort();
        return options.processes.stop();
      },
    };
  },
};

interface Replay {
  readonly options: OpenOptions;
  readonly script: Script | null;
  readonly signal: AbortSignal;
}

async function loadScript({ choice, sessionDirectory }: OpenOptions): Promise<Script | null> {
  if (choice["script"] !== undefined) return parseScript(choice["script"], "agent.script");
  const name = choice.command?.[0];
  if (name === undefined) return null;
  const path = isAbsolute(name) ? name : join(sessionDirectory, name);
  return parseScript(await readScriptFile(path), path);
}

async function readScriptFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(Buffer.from(await readFileSafe(path, SCRIPT_LIMIT)).toString("utf8"));
  } catch (error) {
    const why = systemCode(error) === "ENOENT" ? "it does not exist" : toErrorRecord(error).message;
    throw new HarnessError("script-invalid", `The script ${path} cannot be read: ${why}.`, { cause: error });
  }
}

async function* replay(context: Replay, input: Prompt): AsyncGenerator<DriverEvent> {
  try {
    const own = parsePromptScript(input.text);
    if (!own && !context.script) {
      yield { type: "text", text: input.text };
      yield { type: "turn.ended", stopReason: context.signal.aborted ? "cancelled" : "end_turn" };
      return;
    }
    yield* replaySteps(context, input, own);
  } catch (error) {
    const { message, hint } = toErrorRecord(error);
    yield {
      type: "turn.ended",
      stopReason: isStorageFailure(error) ? "interrupted" : "failed",
      note: `${message} ${hint}`,
    };
  } finally {
    await context.options.processes.stop();
  }
}

async function* replaySteps(context: Replay, input: Prompt, own: Step[] | null): AsyncGenerator<DriverEvent> {
  const { options, script, signal } = context;
  const progress = openProgress(options.home);
  let { index, done, answer } = await progress.begin(input.turn);
  const steps = own ?? script?.[index];
  if (!steps) {
    yield {
      type: "turn.ended",
      stopReason: "end_turn",
      note: `The script has ${script?.length ?? 0} turns and no more.`,
    };
    return;
  }
  for (const step of steps.slice(done)) {
    if (signal.aborted) break;
    done += 1;
    // A step that kills this process is done as soon as it is begun.
    if (step.do === "crash") await progress.advance(done, answer);
    const result: StepResult = yield* runStep({ options, signal, position: done, answer }, step);
    if (result.end) {
      yield { type: "turn.ended", ...result.end };
      return;
    }
    answer = result.answer ?? answer;
    await progress.advance(done, answer);
  }
  yield { type: "turn.ended", stopReason: signal.aborted ? "cancelled" : "end_turn" };
}
