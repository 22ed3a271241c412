import { toErrorRecord, type ClaimedMessage, type Inbound, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { claimMessage } from "./claim-message.ts";
import type { Prompt } from "./drivers/driver.ts";
import { finishReported, finishTurn, giveUp } from "./finish-turn.ts";
import { STOP_REASONS, strongerCause, turnLimits, type AbortCause } from "./limits.ts";
import type { DriverHolder } from "./open-driver.ts";
import { planRecovery, type Recovery } from "./recover.ts";
import { reportId, type TurnResult } from "./reply.ts";
import { runTurn } from "./turn.ts";

type PromptMessage = Extract<Inbound, { kind: "prompt" }>;

/** How long a turn that the disk interrupted rests at least. */
const PAUSE_MS = 500;

export interface RunningTurn {
  readonly message: string;
  /** Replaced when the turn goes on after it was interrupted. */
  abort: AbortController;
  /** The strongest cause that ever was to stop it: an abort takes only the first. */
  cause: AbortCause | null;
  /** Reported and settled: nothing can be said to it any more. */
  over: boolean;
}

export function stopTurn(turn: RunningTurn, cause: AbortCause): void {
  turn.cause = strongerCause(turn.cause, cause);
  turn.abort.abort(cause);
}

export interface PromptHandling {
  readonly turn: RunningTurn;
  readonly driver: DriverHolder;
  /** The turn is over, and so are the answers that were kept for it. */
  onTurnEnd(): Promise<void>;
}

/** What a turn came to; `unbegun` says why it could not even begin. */
export interface TurnOutcome extends TurnResult {
  readonly unbegun?: { code: string; text: string };
}

/** Brings one prompt from the inbox, or from where an earlier process left it, to its report. */
export async function handlePrompt(
  context: AgentContext,
  message: ReadyMessage | ClaimedMessage,
  handling: PromptHandling,
): Promise<void> {
  const fresh = !("attempt" in message);
  const claimed = fresh ? await claimPrompt(context, message) : message;
  if (!claimed) return;
  const plan = fresh ? "run" : planLeft(context, claimed);
  if (plan === "finish") return finishReported(context, claimed);
  if (plan === "give-up") return giveUp(context, claimed);
  const started = await startPrompt(context, claimed, plan);
  const resumed = plan !== "run";
  const outcome = await runToEnd(context, toPrompt(started, resumed), handling);
  if (outcome) await finishTurn(context, started, outcome);
  handling.turn.over = true;
  await handling.onTurnEnd();
}

async function claimPrompt(context: AgentContext, message: ReadyMessage): Promise<ClaimedMessage | null> {
  const claimed = await claimMessage(context, message, { start: true });
  await context.failpoint("C2");
  if (claimed) context.record({ type: "message.received", message: claimed.id, kind: claimed.message.kind });
  return claimed;
}

function planLeft(context: AgentContext, claimed: ClaimedMessage): Recovery {
  const { turn } = context.status.current();
  return planRecovery({
    started: claimed.started,
    attempt: claimed.attempt,
    reported: context.hasReport(reportId(context.session, claimed.id)),
    interrupted: turn?.message === claimed.id && turn.stopReason === "interrupted",
  });
}

async function startPrompt(context: AgentContext, claimed: ClaimedMessage, plan: Recovery): Promise<ClaimedMessage> {
  const { inbox, status, storage } = context;
  const counted = plan === "resume" ? await storage.persist(() => inbox.retry(claimed)) : claimed;
  const started = counted.started ? counted : await storage.persist(() => inbox.start(counted));
  if (plan === "resume-uncounted") {
    // What still says that the turn was interrupted on purpose would leave every further crash uncounted, too.
    const { id, attempt } = started;
    status.apply({ type: "turn.started", turn: id, message: id, attempt });
    await status.flush();
  }
  await context.failpoint("C3");
  return started;
}

function toPrompt(claimed: ClaimedMessage, resumed: boolean): Prompt {
  const { body } = claimed.message as PromptMessage;
  return { turn: claimed.id, text: body.text, attachments: body.attachments ?? [], attempt: claimed.attempt, resumed };
}

/** The turn's outcome; null when it is left for a later agent process. A full disk only makes it pause. */
async function runToEnd(context: AgentContext, prompt: Prompt, handling: PromptHandling): Promise<TurnOutcome | null> {
  const { clock, status, record } = context;
  const { turn } = handling;
  for (let resumed = prompt.resumed; ; resumed = true) {
    const { turn: id, attempt, text } = prompt;
    status.apply({ type: "turn.started", turn: id, message: id, attempt });
    record({ type: "turn.started", turn: id, message: id, attempt, text, resumed });
    const outcome = decide(await runOnce(context, { ...prompt, resumed }, handling), turn.cause);
    await context.failpoint("C4");
    if (outcome.stopReason !== "interrupted") return outcome;
    status.apply({ type: "turn.ended", turn: id, stopReason: "interrupted" });
    record({ type: "turn.ended", turn: id, stopReason: "interrupted", text: "" });
    if (turn.cause === "stop") return null;
    if (turn.abort.signal.aborted) turn.abort = new AbortController();
    // The status is what waits until the disk works again.
    await clock.sleep(PAUSE_MS, turn.abort.signal);
    await status.flush();
  }
}

/** The disk may have interrupted a turn that somebody wants to be over. */
function decide(outcome: TurnOutcome, cause: AbortCause | null): TurnOutcome {
  if (outcome.stopReason !== "interrupted" || cause === null) return outcome;
  return { ...outcome, stopReason: STOP_REASONS[cause] };
}

async function runOnce(context: AgentContext, prompt: Prompt, { turn, driver }: PromptHandling): Promise<TurnOutcome> {
  const { clock, processes, status, record, choice, calls, questions, paths } = context;
  const { abort } = turn;
  const aborted = () => ({ stopReason: STOP_REASONS[abort.signal.reason as AbortCause], text: "" });
  if (abort.signal.aborted) return aborted();
  try {
    const session = await context.storage.persist(driver.open);
    // A disk that had to be waited for has interrupted the turn.
    if (abort.signal.aborted) return aborted();
    const turnContext = {
      clock,
      driver: session,
      processes,
      record,
      limits: turnLimits(choice, session.narrates ?? false),
      calls,
      questions,
      worktree: paths.worktree,
      change: status.apply,
      onAbandoned: driver.close,
    };
    const result = await runTurn(turnContext, prompt, abort);
    context.memory.keepResume(session.resumeToken);
    await context.storage.persist(context.memory.save);
    return result;
  } catch (error) {
    if (abort.signal.aborted) return aborted();
    const { code, message, hint } = toErrorRecord(error);
    const text = `${message} ${hint}`;
    return { stopReason: "failed", text, unbegun: { code, text } };
  } finally {
    driver.rest();
  }
}
