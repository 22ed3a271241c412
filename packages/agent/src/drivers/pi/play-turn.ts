import { setTimeout as sleep } from "node:timers/promises";
import type { DriverEvent, OpenOptions, Prompt } from "../driver.ts";
import { describeExit } from "../describe-exit.ts";
import { promptText } from "../prompt-text.ts";
import { plainText } from "./command-line.ts";
import type { Connection } from "./connection.ts";
import { classifyFailure } from "./failure.ts";
import { createTurnEvents } from "./turn-events.ts";

/** How long Pi may take to end an aborted turn in good order. It takes thirty milliseconds. */
const POLITE_MS = 250;

type End = Extract<DriverEvent, { type: "turn.ended" }>;

export interface TurnPlace {
  readonly connection: Connection;
  readonly processes: OpenOptions["processes"];
  readonly signal: AbortSignal;
  /** What the conversation has to be told before the prompt. */
  readonly preface: string;
  /** Pi keeps the conversation in a file from here on. */
  onAnswer(): void;
}

/** One prompt to its end, on a Pi that is ready. After an abort and after a crash nothing of Pi runs any more. */
export async function* playTurn(place: TurnPlace, input: Prompt): AsyncGenerator<DriverEvent> {
  const { connection, signal } = place;
  const events = createTurnEvents();
  const heard = connection.listen();
  const accepted = connection.request({
    type: "prompt",
    message: plainText(place.preface + promptText(input).trimEnd()),
  });
  const aborting: Promise<void>[] = [];
  const abort = () => void aborting.push(abortTurn(place, accepted));
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  let end: End | null = null;
  try {
    for await (const frame of heard) {
      if (frame.type === "dropped") yield { type: "output.dropped", bytes: frame.bytes };
      else if (frame.type === "response" && frame.command === "prompt" && !frame.success)
        end = refusal(frame.error ?? "");
      else yield* events.take(frame);
      if (frame.type === "agent_settled") end = events.end(Date.now());
      if (events.answered) place.onAnswer();
      if (end) break;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    heard.close();
  }
  yield* events.rest();
  if (aborting.length > 0) {
    await Promise.all(aborting);
    const { usage } = events.end(Date.now());
    yield { type: "turn.ended", stopReason: "cancelled", ...(usage && { usage }) };
  } else {
    yield end ?? (await crash(connection));
  }
}

/** Asks Pi to end the turn, so that its record of the conversation is whole; then ends Pi with all that its tools left running. */
async function abortTurn({ connection, processes }: TurnPlace, accepted: Promise<unknown>): Promise<void> {
  // An abort that comes before Pi has taken the prompt does nothing.
  const polite = accepted.then(() => connection.request({ type: "abort" }));
  await Promise.race([polite, sleep(POLITE_MS)]);
  await processes.stop();
}

function refusal(error: string): End {
  const failure = classifyFailure(error, Date.now());
  return { type: "turn.ended", stopReason: "failed", note: `Pi did not take the prompt. ${failure.text}`, failure };
}

async function crash(connection: Connection): Promise<End> {
  const exit = await connection.gone;
  const text = `Pi ${describeExit(exit)} in the middle of the turn.\n${connection.errors()}`.trim();
  return { type: "turn.ended", stopReason: "failed", note: text, failure: { code: "agent-crashed", text } };
}
