import type { Setup, SetupState } from "@harness/core";
import type { AgentContext } from "../agent-context.ts";
import { carryOut } from "./carry-out.ts";

/** Keeps turns from beginning until the session's setup has succeeded. */
export interface SetupGate {
  readonly isOpen: boolean;
  /** Begins with the setup where there is one to do. */
  begin(): void;
  /** Ends a running setup, which has then failed. False when none runs. */
  cancel(): boolean;
  /** Ends a running setup, which the next process does again. Resolves when it is over. */
  halt(): Promise<void>;
}

export interface SetupGateOptions {
  onOpen(): void;
  onFailed(reason: string): void;
  onBroken(error: unknown): void;
}

export function createSetupGate(context: AgentContext, options: SetupGateOptions): SetupGate {
  const { setup: plan, status } = context;
  const abort = new AbortController();
  let isOpen = !isToDo(plan, status.current().setup);
  let halted = false;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    if (plan?.setup === undefined) return;
    const { setup: task, request } = plan;
    const isHalted = () => halted;
    const ended = await carryOut(context, { what: "setup", task, request, signal: abort.signal, isHalted });
    if (ended === null) return;
    if (ended.state === "failed") return options.onFailed(`The setup failed. ${ended.reason ?? ""}`.trim());
    isOpen = true;
    options.onOpen();
  }

  return {
    get isOpen() {
      return isOpen;
    },
    begin() {
      if (isOpen || halted) return;
      running = run()
        .catch((error: unknown) => void (halted || options.onBroken(error)))
        .finally(() => (running = null));
    },
    cancel() {
      if (running === null) return false;
      abort.abort();
      return true;
    },
    async halt() {
      halted = true;
      abort.abort();
      await running;
    },
  };
}

/** A setup is to be done unless it has succeeded, under the same request. Pure. */
export function isToDo(plan: Setup | null, state: SetupState | undefined): boolean {
  return plan?.setup !== undefined && !(state?.state === "succeeded" && state.request === plan.request);
}
