import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StopReason } from "@harness/core";
import type { AskOption, DriverEvent, OpenOptions } from "../driver.ts";
import { editFile } from "./edit-file.ts";
import { commitWork } from "./commit-work.ts";
import { runProgram } from "./run-program.ts";
import type { Step } from "./script.ts";

const LOOK_EVERY_MS = 50;

export interface StepContext {
  readonly options: OpenOptions;
  readonly signal: AbortSignal;
  /** The step's number in its turn, from 1. */
  readonly position: number;
  /** What the last question of the turn was answered with. */
  readonly answer: string | undefined;
}

/** What a step leaves: the turn's end, or the answer that later texts name as {answer}. */
export interface StepResult {
  readonly end?: { readonly stopReason: StopReason; readonly note?: string };
  readonly answer?: string | undefined;
}

export type StepEvents = AsyncGenerator<DriverEvent, StepResult>;

const CANCELLED: StepResult = { end: { stopReason: "cancelled" } };
const YES_OR_NO: AskOption[] = [
  { id: "allow", label: "Allow", kind: "allow_once" },
  { id: "refuse", label: "Refuse", kind: "reject_once" },
];

// Stays although its terminal, its parent, its group and its session go; marked in its arguments for those who look for it.
const STUBBORN = "trap '' TERM HUP INT QUIT; while :; do sleep 1; done";
const TREE = `(setsid sh -c "${STUBBORN}" harness-stray & setsid sh -c "(${STUBBORN}) &" harness-stray &) ; ${STUBBORN}`;

/** Does one step of a script. Throws what its work throws. */
export async function* runStep(context: StepContext, step: Step): StepEvents {
  switch (step.do) {
    case "say":
      yield { type: "text", text: `${fill(step.text, context)}\n` };
      return {};
    case "edit":
      return yield* edit(context, step);
    case "run":
      return yield* runProgram(context, step);
    case "commit":
      return yield* commitWork(context, { message: fill(step.message, context), paths: step.paths });
    case "ask":
      return yield* ask(context, step);
    case "permission":
      return yield* askPermission(context, step);
    case "wait":
      return yield* wait(context, step);
    case "fail":
      return { end: { stopReason: "failed", note: fill(step.text, context) } };
    case "hang":
      return yield* hang(context, STUBBORN);
    case "tree":
      await context.options.processes.start(["sh", "-c", TREE, "harness-stray"], { cwd: context.options.directory });
      return {};
    case "crash":
      process.kill(process.pid, "SIGKILL");
      return yield* hang(context, STUBBORN);
  }
}

function fill(text: string, { answer }: StepContext): string {
  return text.replaceAll("{answer}", answer ?? "");
}

async function* edit(context: StepContext, step: Extract<Step, { do: "edit" }>): StepEvents {
  const call = `step-${context.position}`;
  yield { type: "tool.called", call, tool: "edit", text: step.path };
  const done = editFile(context.options.directory, {
    ...step,
    write: step.write === undefined ? undefined : fill(step.write, context),
    replace: step.replace === undefined ? undefined : fill(step.replace, context),
  });
  yield { type: "tool.returned", call, ok: true, text: done };
  return {};
}

async function* ask({ options, position }: StepContext, step: Extract<Step, { do: "ask" }>): StepEvents {
  const { text, options: choices, deadlineMs, default: defaultOption } = step;
  const answer = await options.ask({ kind: "question", text, options: choices, deadlineMs, defaultOption, position });
  if (answer.outcome === "aborted") return CANCELLED;
  return { answer: answer.text ?? answer.option ?? "" };
}

async function* askPermission(
  { options, position }: StepContext,
  step: Extract<Step, { do: "permission" }>,
): StepEvents {
  const { text, options: choices = YES_OR_NO, deadlineMs } = step;
  const answer = await options.ask({ kind: "permission", text, options: choices, deadlineMs, position });
  if (answer.outcome === "aborted") return CANCELLED;
  if (answer.outcome === "refused") return { end: { stopReason: "refusal", note: `Not allowed: ${text}` } };
  return { answer: answer.option };
}

async function* wait({ options, signal }: StepContext, step: Extract<Step, { do: "wait" }>): StepEvents {
  const { file, ms } = step;
  if (ms !== undefined) await pause(ms, signal);
  while (file !== undefined && !signal.aborted && !existsSync(join(options.directory, file))) {
    await pause(LOOK_EVERY_MS, signal);
  }
  return signal.aborted ? CANCELLED : {};
}

async function* hang({ options, signal }: StepContext, line: string): StepEvents {
  const child = await options.processes.start(["sh", "-c", line, "harness-stray"], { cwd: options.directory });
  const stop = () => void options.processes.stop();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await child.exited;
  signal.removeEventListener("abort", stop);
  return signal.aborted
    ? CANCELLED
    : { end: { stopReason: "failed", note: "The hanging process was killed by somebody else." } };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}
