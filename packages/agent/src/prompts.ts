import type { ClaimedMessage, ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { handlePrompt, stopTurn, type PromptHandling, type RunningTurn } from "./handle-prompt.ts";
import type { AbortCause } from "./limits.ts";

/** The prompts of a session: taken one at a time, in order. */
export interface Prompts {
  /** Prompts that an earlier agent process had claimed; they come before all others. */
  restore(claimed: readonly ClaimedMessage[]): void;
  /** Replaces what waits in the inbox. */
  offer(ready: readonly ReadyMessage[]): void;
  /** Begins with the next one unless a turn runs. */
  proceed(): void;
  /** Stops the turn of `message`, or whichever runs or was interrupted. False when there is no such turn. */
  cancel(message: string | undefined, cause: AbortCause): boolean;
  /** Takes a waiting prompt out of the line; null when it does not wait. */
  withdraw(message: string): ReadyMessage | ClaimedMessage | null;
  /** Takes no more, stops the running turn, and resolves when it is over. */
  halt(cause: AbortCause): Promise<void>;
  /** The turn that runs. */
  running(): RunningTurn | null;
  /** True while there is a turn, running or interrupted, that an answer can belong to. */
  readonly listens: boolean;
  /** True while a turn runs or waits. */
  readonly busy: boolean;
}

export interface PromptsOptions extends Omit<PromptHandling, "turn"> {
  /** False while something has to come before the first turn. */
  mayBegin(): boolean;
  /** The line is empty after it was not: the inbox may hold more. */
  onDrained(): void;
  /** Something failed that should not be able to. */
  onBroken(error: unknown): void;
}

export function createPrompts(context: AgentContext, options: PromptsOptions): Prompts {
  const left: ClaimedMessage[] = [];
  let ready: ReadyMessage[] = [];
  let cancelled: string | null = null;
  let running: RunningTurn | null = null;
  let working: Promise<void> | null = null;
  let halted = false;

  const waits = () => !halted && options.mayBegin() && left.length + ready.length > 0;

  async function work(): Promise<void> {
    try {
      while (waits()) await handleNext();
    } catch (error) {
      options.onBroken(error);
    } finally {
      working = null;
    }
    options.onDrained();
  }

  async function handleNext(): Promise<void> {
    const message = left.shift() ?? ready.shift();
    if (!message) return;
    running = { message: message.id, abort: new AbortController(), cause: null, over: false };
    if (cancelled === message.id) stopTurn(running, "cancel");
    try {
      await handlePrompt(context, message, { ...options, turn: running });
    } finally {
      running = null;
    }
  }

  function cancel(message: string | undefined, cause: AbortCause): boolean {
    const next = running && !running.over ? running.message : left[0]?.id;
    if (next === undefined || (message !== undefined && message !== next)) return false;
    if (running?.message === next) stopTurn(running, cause);
    else cancelled = next;
    return true;
  }

  return {
    restore: (claimed) => left.push(...claimed),
    offer: (prompts) => (ready = [...prompts]),
    proceed() {
      if (!working && waits()) working = work();
    },
    cancel,
    withdraw(message) {
      const place = left.findIndex(({ id }) => id === message);
      if (place >= 0) return left.splice(place, 1)[0] ?? null;
      const found = ready.find(({ id }) => id === message) ?? null;
      ready = ready.filter((prompt) => prompt !== found);
      return found;
    },
    async halt(cause) {
      halted = true;
      if (running) stopTurn(running, cause);
      await working;
    },
    running: () => running,
    get listens() {
      return running ? !running.over : left.length > 0;
    },
    get busy() {
      return working !== null || !options.mayBegin() || waits();
    },
  };
}
