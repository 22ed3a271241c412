import type { TurnFailure } from "@harness/core";
import type { DriverEvent, OpenOptions, Prompt } from "../driver.ts";
import { earlierWork } from "../earlier-work.ts";
import type { FrameLog } from "../frame-log.ts";
import type { Connection } from "./connection.ts";
import { nextConversation } from "./conversation.ts";
import { hasConversations } from "./places.ts";
import { startPi, type StartedPi, type StartTrouble } from "./start-pi.ts";

/** What lasts from turn to turn. */
export interface Life {
  conversation: string;
  /** Pi has written the conversation down. */
  kept: boolean;
  /** The conversation is new and has not heard yet what was before it. */
  owesAccount: boolean;
  connection: Connection | null;
}

export interface Readying {
  readonly options: OpenOptions;
  readonly life: Life;
  readonly log: FrameLog;
  readonly signal: AbortSignal;
}

export interface Ready {
  readonly connection: Connection;
  /** What the conversation has to be told before the prompt. */
  readonly preface: string;
}

/** The Pi that runs, or a new one. Without one the turn has been ended. */
export async function* makeReady(readying: Readying, input: Prompt): AsyncGenerator<DriverEvent, Ready | null> {
  const { options, life, signal } = readying;
  const key = options.model?.keyEnv;
  if (signal.aborted) {
    yield { type: "turn.ended", stopReason: "cancelled" };
    return null;
  }
  if (key !== undefined && !options.processes.environment[key]) {
    const text = `The variable ${key}, which should hold the model's key, is not set.`;
    yield failed({ code: "model-unauthorized", text });
    return null;
  }
  if (life.connection?.open) return { connection: life.connection, preface: "" };
  // What the last one left is being ended, and would take the next one along.
  await life.connection?.gone;
  life.connection = null;
  const started = await startUnlessAborted(readying);
  if (signal.aborted) {
    await options.processes.stop();
    yield { type: "turn.ended", stopReason: "cancelled" };
    return null;
  }
  if ("failure" in started) {
    yield failed(started.failure);
    return null;
  }
  const { connection, state, lost } = started;
  life.connection = connection;
  if (lost !== undefined) {
    life.owesAccount = true;
    yield { type: "noted", code: "conversation-lost", text: lost };
  }
  const owed = state.messageCount === 0 && (life.owesAccount || input.resumed);
  return { connection, preface: owed ? await earlierWork(options, input) : "" };
}

async function startUnlessAborted(readying: Readying): Promise<Started | StartTrouble> {
  const { options, signal } = readying;
  const stop = () => void options.processes.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await startConversation(readying);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

type Started = StartedPi & { readonly lost?: string };

/** Goes on with the conversation, or begins another when Pi cannot go on with it. */
async function startConversation({ options, life, log, signal }: Readying): Promise<Started | StartTrouble> {
  const first = await startPi(options, life.conversation, log);
  if (!("failure" in first)) {
    if (!life.kept || first.state.messageCount > 0) return first;
    life.kept = false;
    return { ...first, lost: describeLoss("Pi no longer has it") };
  }
  if (!first.ended || signal.aborted || !(await hasConversations(options.home))) return first;
  const conversation = nextConversation(life.conversation);
  const second = await startPi(options, conversation, log);
  if ("failure" in second) return first;
  life.conversation = conversation;
  life.kept = false;
  return { ...second, lost: describeLoss(first.failure.text) };
}

function describeLoss(why: string): string {
  return `The conversation could not be resumed: ${why}. A new one was begun, and told what happened.`;
}

export function failed(failure: TurnFailure): DriverEvent {
  return { type: "turn.ended", stopReason: "failed", note: failure.text, failure };
}
