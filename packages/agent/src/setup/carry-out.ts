import { timestamp, type SetupState, type SetupTask } from "@harness/core";
import type { AgentContext } from "../agent-context.ts";
import { runTask, taskLog } from "./run-task.ts";

export interface Errand {
  readonly what: "setup" | "teardown";
  readonly task: SetupTask;
  readonly request: string;
  readonly signal: AbortSignal;
  /** It was to end because the process ends: what stays `running` in the status is done again by the next process. */
  isHalted(): boolean;
}

/** Does a task and writes down how far it is, before and after. Null when it was halted. */
export async function carryOut(context: AgentContext, errand: Errand): Promise<SetupState | null> {
  const { clock, record, status, storage } = context;
  const { what, task, request, signal } = errand;
  const attempt = (status.current()[what]?.attempt ?? 0) + 1;
  const name = `${what}-${attempt}`;
  const startedAt = timestamp(clock);
  const begun: SetupState = { state: "running", request, attempt, startedAt, log: taskLog(context, name) };
  const since = clock.monotonic();
  status.apply({ type: "task.changed", task: what, state: begun });
  record({ type: "setup.started", task: what, attempt, command: task.command });
  await storage.persist(() => status.flush());
  await context.failpoint("S1");
  // After its first turn a coding agent may have written what the command runs.
  const isUntouched = what === "setup" && status.current().turn === null;
  const run = { name, task, signal, ...(isUntouched ? { network: "host" as const } : {}) };
  const { reason, lines } = await runTask(context, run);
  if (errand.isHalted()) return null;
  const ended: SetupState = {
    ...begun,
    state: reason === null ? "succeeded" : "failed",
    endedAt: timestamp(clock),
    ...(reason === null ? {} : { reason, lines }),
  };
  status.apply({ type: "task.changed", task: what, state: ended });
  const durationMs = Math.round(clock.monotonic() - since);
  const why = reason === null ? {} : { reason: [reason, ...lines.slice(-3)].join("\n") };
  record({ type: "setup.ended", task: what, ok: reason === null, durationMs, ...why });
  await storage.persist(() => status.flush());
  return ended;
}
