import {
  derivedMessageId,
  timestamp,
  type Clock,
  type EventBody,
  type Inbound,
  type OpenQuestion,
  type Outbound,
} from "@harness/core";
import type { Answer, AskRequest } from "./drivers/driver.ts";
import { fitText } from "./reply.ts";
import type { StatusChange } from "./status.ts";

/** How long a person has when the coding agent names no time. */
export const DEADLINE_MS = 60 * 60 * 1000;

const QUESTION_BYTES = 64 * 1024;

export type AnswerMessage = Extract<Inbound, { kind: "answer" }>;

export interface Questions {
  /** Asks on behalf of the turn of `message`; `signal` ends the waiting. */
  ask(turn: AskingTurn, request: AskRequest): Promise<Answer>;
  /**
   * Gives an answer to its question, or keeps it for a question that the turn may still ask: after a crash the answer can
   * be there before the turn asks again. Returns why the answer is none, or null.
   */
  answer(message: AnswerMessage): string | null;
  /** When the last question closed, by the monotonic clock: null while one is open, minus infinity before the first. */
  quietSince(): number | null;
  /** The coding agent works no more on the turn: nobody is there to hear an answer. Until the next turn asks. */
  abandon(): void;
  /** The turn ended, and its questions with it. Returns the answers that no question took. */
  endTurn(): AnswerMessage[];
}

export interface AskingTurn {
  readonly message: string;
  readonly signal: AbortSignal;
}

export interface QuestionsOptions {
  readonly session: string;
  readonly clock: Clock;
  /** What was already reported under this id, by an earlier attempt of the turn. */
  readReport(id: string): Promise<Outbound | null>;
  publish(message: Outbound): Promise<void>;
  change(change: StatusChange): void;
  record(event: EventBody): void;
}

interface Open {
  readonly request: AskRequest;
  resolve(answer: Answer): void;
}

export function createQuestions(options: QuestionsOptions): Questions {
  const { session, clock, change, record } = options;
  const open = new Map<string, Open>();
  // Answers that came before their question: the turn runs again and will ask it again.
  const early = new Map<string, AnswerMessage>();
  let asked = 0;
  let abandoned = new AbortController();
  let closedAt = Number.NEGATIVE_INFINITY;

  async function publish(id: string, message: string, request: AskRequest): Promise<OpenQuestion> {
    const earlier = await options.readReport(id);
    const report = earlier ?? questionMessage({ id, replyTo: message }, request, clock);
    if (!earlier) await options.publish(report);
    const { text, options: choices, deadlineAt } = report.body as QuestionText;
    const about = request.about === undefined ? {} : { about: request.about };
    return { id, kind: request.kind, text, options: choices, deadlineAt, ...about };
  }

  async function ask({ message, signal: turnSignal }: AskingTurn, request: AskRequest): Promise<Answer> {
    const signal = AbortSignal.any([turnSignal, abandoned.signal]);
    const id = derivedMessageId(session, message, request.position ?? ++asked);
    const question = await publish(id, message, request);
    if (signal.aborted) return { outcome: "aborted" };
    change({ type: "question.opened", question });
    record({ type: "question.asked", turn: message, question: id, text: request.text });
    const given = await wait(id, question, { request, signal });
    change({ type: "question.closed", id });
    const said = given.option ?? given.text ?? given.outcome;
    record({ type: "question.answered", turn: message, question: id, answer: said });
    return given;
  }

  async function wait(
    id: string,
    question: OpenQuestion,
    { request, signal }: { request: AskRequest; signal: AbortSignal },
  ): Promise<Answer> {
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener("abort", stop, { once: true });
    const answered = new Promise<Answer>((resolve) => open.set(id, { request, resolve }));
    const kept = early.get(id);
    early.delete(id);
    if (kept) answer(kept);
    const leftMs = question.deadlineAt === undefined ? DEADLINE_MS : Date.parse(question.deadlineAt) - clock.now();
    // The clock may have been set back since an earlier attempt asked.
    const waitMs = Math.min(Math.max(0, leftMs), request.deadlineMs ?? DEADLINE_MS);
    const waited = clock.sleep(waitMs, over.signal).then(() => unanswered(request, signal.aborted));
    try {
      return await Promise.race([answered, waited]);
    } finally {
      open.delete(id);
      closedAt = clock.monotonic();
      over.abort();
      signal.removeEventListener("abort", stop);
    }
  }

  function answer(message: AnswerMessage): string | null {
    const { to, option, text } = message.body;
    const question = open.get(to);
    if (!question) {
      early.set(to, message);
      return null;
    }
    const result = readAnswer(question.request, { option, text });
    if (typeof result === "string") return result;
    question.resolve(result);
    return null;
  }

  function abandon(): void {
    abandoned.abort();
    abandoned = new AbortController();
  }

  function endTurn(): AnswerMessage[] {
    abandon();
    const unused = [...early.values()];
    asked = 0;
    early.clear();
    return unused;
  }

  return { ask, answer, quietSince: () => (open.size > 0 ? null : closedAt), abandon, endTurn };
}

interface QuestionText {
  text: string;
  options?: OpenQuestion["options"];
  deadlineAt?: string;
}

function questionMessage(to: { id: string; replyTo: string }, request: AskRequest, clock: Clock): Outbound {
  const { options = [] } = request;
  const text = fitText(request.text, QUESTION_BYTES);
  const deadlineAt = new Date(clock.now() + (request.deadlineMs ?? DEADLINE_MS)).toISOString();
  const envelope = { v: 1 as const, ...to, createdAt: timestamp(clock) };
  const body = { text, options: options.map((option) => ({ ...option })), deadlineAt };
  return request.kind === "permission"
    ? { ...envelope, kind: "permission", body }
    : { ...envelope, kind: "question", body };
}

/** What an answer means for the question, or why it is none. Pure. */
export function readAnswer(
  request: AskRequest,
  given: { option?: string | undefined; text?: string | undefined },
): Answer | string {
  const { option, text } = given;
  const chosen = request.options?.find(({ id }) => id === option);
  if (option !== undefined && !chosen) {
    const known = request.options?.map(({ id }) => id).join(", ") || "none, it takes text";
    return `The question has no option ${JSON.stringify(option)}. Its options: ${known}.`;
  }
  if (request.kind === "question") return { outcome: "answered", option, text };
  if (!chosen) return "A permission request is answered with one of its options, never with text.";
  return { outcome: chosen.kind?.startsWith("reject") ? "refused" : "answered", option, text };
}

function unanswered(request: AskRequest, aborted: boolean): Answer {
  if (aborted) return { outcome: "aborted" };
  if (request.kind === "permission") return { outcome: "refused" };
  if (request.defaultOption === undefined) return { outcome: "expired" };
  return { outcome: "expired", option: request.defaultOption };
}
