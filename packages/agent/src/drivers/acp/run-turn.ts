import { setImmediate as macrotask, setTimeout as sleep } from "node:timers/promises";
import { monotonicMs, toErrorRecord, type TurnFailure } from "@harness/core";
import { isStorageFailure } from "../../storage.ts";
import { earlierWork } from "../earlier-work.ts";
import type { DriverEvent, OpenOptions, Prompt } from "../driver.ts";
import { promptText } from "../prompt-text.ts";
import { createAsker, type Asker } from "./ask-person.ts";
import type { Conversation } from "./conversation.ts";
import { createEventQueue, type EventQueue } from "./event-queue.ts";
import { agentFailure, classifyError, dig, isAgentFailure, readSessionFailure } from "./failure.ts";
import type { Listener } from "./start-agent.ts";
import { readStopReason } from "./stop-reason.ts";
import { createUpdateReader, readUsage, type UpdateReader } from "./updates.ts";

type End = Extract<DriverEvent, { type: "turn.ended" }>;

const LOOK_EVERY_MS = 20;

/** What a turn needs of its session. */
export interface TurnPlace {
  readonly options: OpenOptions;
  readonly cancelMs: number;
  /** The conversation, opened where it is not, and what is to be told of that. */
  open(input: Prompt): Promise<OpenedConversation>;
  /** The prompt is on its way: the agent has been told what it did not know, and the conversation is worth going on with. */
  prompted(): Promise<void>;
  /** Ends every process of the session. */
  kill(): Promise<void>;
  /** What the agent has spent so far. */
  keepCost(costUsd: number | undefined): void;
  costUsd(): number | undefined;
  countQuestion(): number;
}

export interface OpenedConversation {
  readonly conversation: Conversation;
  readonly notes: readonly DriverEvent[];
  /** The agent remembers nothing of the session. */
  readonly owesAccount: boolean;
}

export async function* runTurn(place: TurnPlace, input: Prompt, signal: AbortSignal): AsyncGenerator<DriverEvent> {
  const queue = createEventQueue();
  void takeTurn({ place, input, signal, queue }).then(
    (end) => queue.end(end),
    async (error: unknown) => {
      // What failed is not to be gone on with.
      await place.kill().catch(() => {});
      queue.end(signal.aborted ? { type: "turn.ended", stopReason: "cancelled" } : endOfError(error));
    },
  );
  yield* queue.read();
}

interface Turn {
  readonly place: TurnPlace;
  readonly input: Prompt;
  readonly signal: AbortSignal;
  readonly queue: EventQueue;
}

async function takeTurn(turn: Turn): Promise<End> {
  const { place, input, signal, queue } = turn;
  if (signal.aborted) return cancelled();
  const opened = await unlessAborted(place.open(input), signal);
  if (!opened) {
    await place.kill();
    return cancelled();
  }
  const { conversation, notes, owesAccount } = opened;
  const { agent, id } = conversation;
  for (const note of notes) queue.push(note);
  const told = owesAccount ? await unlessAborted(earlierWork(place.options, input), signal) : "";
  if (told === null) return cancelled();
  const text = `${told}${promptText(input)}`;
  const known = new Set(place.options.processes.pids());
  const updates = createUpdateReader(place.costUsd());
  const asker = createAsker({ options: place.options, input, signal, count: place.countQuestion });
  agent.listen(createListener(turn, { updates, asker, id }));
  const answered = agent.client.request("session/prompt", { sessionId: id, prompt: [{ type: "text", text }] });
  try {
    const [answer] = (await unlessAborted(Promise.all([answered, place.prompted()]), signal)) ?? [null];
    if (answer === null) return await cancelTurn(turn, { conversation, answered, known });
    await macrotask();
    return endOf({ answer, updates, asker });
  } catch (error) {
    if (isStorageFailure(error)) throw error;
    if (agent.end !== undefined) throw agentFailure("agent-crashed", agent.end);
    if (signal.aborted) return await cancelTurn(turn, { conversation, answered, known });
    const failure = classifyError(error);
    return { type: "turn.ended", stopReason: "failed", note: failure.text, failure };
  } finally {
    agent.hush();
    place.keepCost(updates.total());
  }
}

function createListener({ queue }: Turn, hearing: { updates: UpdateReader; asker: Asker; id: string }): Listener {
  const { updates, asker, id } = hearing;
  return {
    onUpdate(params) {
      // Conversations of its own that an agent may have are not this one.
      if (dig(params, ["sessionId"]) !== id) return;
      for (const event of updates.read(dig(params, ["update"]))) queue.push(event);
    },
    onPermission: asker.permission,
    onElicitation: asker.elicitation,
    onDropped(bytes, head) {
      queue.push({ type: "output.dropped", bytes });
      for (const event of head === undefined ? [] : updates.readCut(head, bytes)) queue.push(event);
    },
    room: queue.room,
  };
}

interface Cancelling {
  readonly conversation: Conversation;
  readonly answered: Promise<unknown>;
  readonly known: ReadonlySet<number>;
}

/** Asks the agent to stop. What it or its commands do not stop in time is killed. */
async function cancelTurn({ place }: Turn, { conversation, answered, known }: Cancelling): Promise<End> {
  const { agent, id } = conversation;
  const end = monotonicMs() + place.cancelMs;
  agent.client.notify("session/cancel", { sessionId: id });
  const over = answered.then(
    () => true,
    () => false,
  );
  const stopped = await Promise.race([over, sleep(place.cancelMs).then(() => false)]);
  const survivors = () => place.options.processes.pids().filter((pid) => !known.has(pid));
  // Commands die a moment after the turn that ran them.
  while (stopped && agent.end === undefined && survivors().length > 0 && monotonicMs() < end) {
    await sleep(LOOK_EVERY_MS);
  }
  if (!stopped || agent.end !== undefined || survivors().length > 0) await place.kill();
  return cancelled();
}

function endOf({ answer, updates, asker }: { answer: unknown; updates: UpdateReader; asker: Asker }): End {
  const usage = readUsage(answer, updates.cost());
  const counted = usage === undefined ? {} : { usage };
  const failure: TurnFailure | null = readSessionFailure(answer) ?? updates.failure();
  if (failure) return { type: "turn.ended", stopReason: "failed", note: failure.text, failure, ...counted };
  const read = readStopReason(dig(answer, ["stopReason"]));
  // Nobody cancelled it: some agents end a turn so when they were not allowed something.
  const refused = read.stopReason === "cancelled" && asker.refused;
  if (refused) return { type: "turn.ended", stopReason: "refusal", note: "It was not allowed.", ...counted };
  return { type: "turn.ended", ...read, ...(read.failure ? { note: read.failure.text } : {}), ...counted };
}

function endOfError(error: unknown): End {
  if (isStorageFailure(error)) return { type: "turn.ended", stopReason: "interrupted" };
  const { message, hint } = toErrorRecord(error);
  if (isAgentFailure(error)) return { type: "turn.ended", stopReason: "failed", note: message, failure: error.failure };
  const text = `${message} ${hint}`;
  return { type: "turn.ended", stopReason: "failed", note: text, failure: { code: "agent-failed", text } };
}

function cancelled(): End {
  return { type: "turn.ended", stopReason: "cancelled" };
}

/** Null when the turn was aborted first. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  // Nobody waits for it any more when the turn was aborted.
  work.catch(() => {});
  if (signal.aborted) return null;
  const over = new AbortController();
  const aborted = new Promise<null>((resolve) =>
    signal.addEventListener("abort", () => resolve(null), { once: true, signal: over.signal }),
  );
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
