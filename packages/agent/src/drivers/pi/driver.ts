import { setTimeout as sleep } from "node:timers/promises";
import { HarnessError, toErrorRecord, type TurnFailure } from "@harness/core";
import { isStorageFailure } from "../../storage.ts";
import type { Driver, DriverEvent, DriverSession, OpenOptions, Prompt } from "../driver.ts";
import { openFrameLog, type FrameLog } from "../frames.ts";
import { configure } from "./configuration.ts";
import type { Connection } from "./connection.ts";
import { conversationId, nextConversation } from "./conversation.ts";
import { hasConversations } from "./places.ts";
import { playTurn } from "./play-turn.ts";
import { startPi, type StartedPi, type StartTrouble } from "./start-pi.ts";

/** How long Pi may take to end by itself when the session is closed. */
const CLOSE_MS = 500;

/**
 * Pi in its RPC mode: one process over many turns, started with the first. An abort ends it, because what a tool left
 * behind cannot be told from what is Pi's; the next prompt starts it again on the same conversation.
 */
export const piDriver: Driver = {
  name: "pi",
  async open(options) {
    if (!options.choice.command?.[0]) {
      throw new HarnessError("agent-not-chosen", "The driver `pi` needs the command that starts Pi in agent.command.");
    }
    // What is wrong with the choice of a model is said before anything runs.
    if (options.model) configure(options.model);
    return openSession(options);
  },
};

function openSession(options: OpenOptions): DriverSession {
  const { session, processes, transcripts } = options;
  const closed = new AbortController();
  const life: Life = { conversation: conversationId(session, options.resumeToken), kept: false, connection: null };
  life.kept = life.conversation === options.resumeToken;

  async function* prompt(input: Prompt, turnSignal: AbortSignal): AsyncGenerator<DriverEvent> {
    const signal = AbortSignal.any([turnSignal, closed.signal]);
    const log = openFrameLog(transcripts, input.turn);
    try {
      const connection = yield* makeReady({ options, life, log, signal });
      if (!connection) return;
      connection.keep(log);
      yield* playTurn({ connection, processes, signal, onAnswer: () => (life.kept = true) }, input);
      connection.keep(null);
    } catch (error) {
      const { message, hint } = toErrorRecord(error);
      const text = `${message} ${hint}`;
      await processes.stop();
      if (isStorageFailure(error)) yield { type: "turn.ended", stopReason: "interrupted", note: text };
      else yield failed({ code: "agent-failed", text });
    } finally {
      log.close();
    }
  }

  return {
    get resumeToken() {
      return life.kept ? life.conversation : null;
    },
    prompt,
    async close() {
      closed.abort();
      life.connection?.hangUp();
      if (life.connection) await Promise.race([life.connection.gone, sleep(CLOSE_MS)]);
      await processes.stop();
      life.connection = null;
    },
  };
}

/** What lasts from turn to turn. */
interface Life {
  conversation: string;
  /** Pi has written the conversation down. */
  kept: boolean;
  connection: Connection | null;
}

interface Readying {
  readonly options: OpenOptions;
  readonly life: Life;
  readonly log: FrameLog;
  readonly signal: AbortSignal;
}

/** The Pi that runs, or a new one. Without one the turn has been ended. */
async function* makeReady(readying: Readying): AsyncGenerator<DriverEvent, Connection | null> {
  const { options, life, signal } = readying;
  const key = options.model?.keyEnv;
  if (signal.aborted) {
    yield { type: "turn.ended", stopReason: "cancelled" };
    return null;
  }
  if (key !== undefined && !options.processes.environment[key]) {
    yield failed({
      code: "model-unauthorized",
      text: `The variable ${key}, which should hold the model's key, is not set.`,
    });
    return null;
  }
  if (life.connection?.open) return life.connection;
  // What the last one left is being ended, and would take the next one along.
  await life.connection?.gone;
  life.connection = null;
  const stop = () => void options.processes.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const started = await startConversation(readying);
    if (signal.aborted) {
      await options.processes.stop();
      yield { type: "turn.ended", stopReason: "cancelled" };
      return null;
    }
    if ("failure" in started) {
      yield failed(started.failure);
      return null;
    }
    if (started.lost !== undefined) yield { type: "noted", code: "conversation-lost", text: started.lost };
    life.connection = started.connection;
    return started.connection;
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
    return { ...first, lost: "The conversation could not be resumed: Pi no longer has it. It begins anew." };
  }
  if (!first.ended || signal.aborted || !(await hasConversations(options.home))) return first;
  const conversation = nextConversation(life.conversation);
  const second = await startPi(options, conversation, log);
  if ("failure" in second) return first;
  life.conversation = conversation;
  life.kept = false;
  return { ...second, lost: `The conversation could not be resumed, and begins anew. ${first.failure.text}` };
}

function failed(failure: TurnFailure): DriverEvent {
  return { type: "turn.ended", stopReason: "failed", note: failure.text, failure };
}
