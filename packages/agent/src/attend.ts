import { readdirSync } from "node:fs";
import { isId, type Box, type ClaimedMessage, type ReadyMessage } from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { orderControls, type Controls } from "./controls.ts";
import type { Prompts } from "./prompts.ts";
import { isStorageFailure } from "./storage.ts";

/** Looks into the inbox and hands on what is there. */
export interface Attendant {
  /** Looks now, or once more when it is looking. */
  scan(): void;
  /** Handles what an earlier agent process had claimed. */
  restore(claimed: readonly ClaimedMessage[]): Promise<void>;
  /** Looks a last time; true when nothing is there to be done. */
  isIdle(): Promise<boolean>;
  /** Takes nothing more. Resolves when what was taken is handed on. */
  halt(): Promise<void>;
}

export interface AttendantOptions {
  readonly controls: Controls;
  readonly prompts: Prompts;
  onBroken(error: unknown): void;
}

export function createAttendant(context: AgentContext, options: AttendantOptions): Attendant {
  const { controls, prompts } = options;
  let scanning: Promise<void> | null = null;
  let again = false;
  let halted = false;

  async function scanAll(): Promise<void> {
    try {
      let left = Infinity;
      let before: number;
      do {
        again = false;
        context.place.require();
        await handOn(await context.inbox.scan());
        before = left;
        left = context.inbox.backlog();
        // A scan looks at so many at most, and what stops something may be the last of a burst.
        if (left > 0) await new Promise((resolve) => setImmediate(resolve));
      } while (!halted && (again || (left > 0 && left < before)));
    } catch (error) {
      // The next scan tries again.
      if (!isStorageFailure(error)) options.onBroken(error);
    } finally {
      scanning = null;
    }
  }

  async function handOn(ready: readonly ReadyMessage[]): Promise<void> {
    await context.failpoint("C1");
    if (halted) return;
    prompts.offer(ready.filter(({ message }) => message.kind === "prompt"));
    await controls.retry();
    for (const message of orderControls(ready)) {
      if (!halted) await controls.handle(message);
    }
    if (!halted) prompts.proceed();
  }

  function scan(): void {
    if (halted) return;
    if (scanning) again = true;
    else scanning = scanAll();
  }

  return {
    scan,
    async restore(claimed) {
      prompts.restore(claimed.filter(({ message }) => message.kind === "prompt"));
      for (const message of claimed) {
        if (message.message.kind !== "prompt" && !halted) await controls.handle(message);
      }
      if (!halted) prompts.proceed();
    },
    async isIdle() {
      if (prompts.busy) return false;
      scan();
      await scanning;
      await controls.idle();
      return !prompts.busy && !holdsMessages(context.paths.inbox);
    },
    async halt() {
      halted = true;
      await scanning;
      await controls.idle();
    },
  };
}

// Also a message that is not whole yet.
function holdsMessages(inbox: Box): boolean {
  return readdirSync(inbox.path).some((name) => name.endsWith(".msg") && isId(name.slice(0, -".msg".length)));
}
