import { setTimeout as sleep } from "node:timers/promises";
import { toErrorRecord } from "@harness/core";
import { isStorageFailure } from "../../storage.ts";
import type { Driver, DriverEvent, DriverSession, OpenOptions, Prompt } from "../driver.ts";
import { requireCommand } from "../find-program.ts";
import { createFrameLog } from "../frame-log.ts";
import { configure } from "./configuration.ts";
import { conversationId } from "./conversation.ts";
import { failed, makeReady, type Life } from "./make-ready.ts";
import { playTurn } from "./play-turn.ts";

/** How long Pi may take to end by itself when the session is closed. */
const CLOSE_MS = 500;

/**
 * Pi in its RPC mode: one process over many turns, started with the first. An abort ends it, because what a tool left
 * behind cannot be told from what is Pi's; the next prompt starts it again on the same conversation.
 */
export const piDriver: Driver = {
  name: "pi",
  async open(options) {
    requireCommand(options);
    // What is wrong with the choice of a model is said before anything runs.
    if (options.model) configure(options.model);
    return openSession(options);
  },
};

function openSession(options: OpenOptions): DriverSession {
  const { session, processes, transcripts } = options;
  const log = createFrameLog(transcripts);
  const closed = new AbortController();
  const conversation = conversationId(session, options.resumeToken);
  const kept = conversation === options.resumeToken;
  const life: Life = { conversation, kept, owesAccount: false, connection: null };

  function onAnswer(): void {
    if (life.kept) return;
    life.kept = true;
    life.owesAccount = false;
    // Not waited for, whatever the disk does: at the end of the turn it is kept in any case.
    options.keepResume(life.conversation).catch(() => {});
  }

  async function* prompt(input: Prompt, turnSignal: AbortSignal): AsyncGenerator<DriverEvent> {
    const signal = AbortSignal.any([turnSignal, closed.signal]);
    try {
      log.begin(input.turn);
      const ready = yield* makeReady({ options, life, log, signal }, input);
      if (ready) yield* playTurn({ ...ready, processes, signal, onAnswer }, input);
    } catch (error) {
      const { message, hint } = toErrorRecord(error);
      const text = `${message} ${hint}`;
      await processes.stop();
      if (isStorageFailure(error)) yield { type: "turn.ended", stopReason: "interrupted", note: text };
      else yield failed({ code: "agent-failed", text });
    }
  }

  return {
    get resumeToken() {
      return life.kept ? life.conversation : null;
    },
    narrates: true,
    prompt,
    async close() {
      closed.abort();
      life.connection?.hangUp();
      if (life.connection) await Promise.race([life.connection.gone, sleep(CLOSE_MS, null, { ref: false })]);
      await processes.stop();
      life.connection = null;
      log.close();
    },
  };
}
