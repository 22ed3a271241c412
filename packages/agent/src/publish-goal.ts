import {
  encodeEnvelope,
  goalMessageId,
  isHarnessError,
  publishMessage,
  timestamp,
  type SessionSpec,
} from "@harness/core";
import type { AgentContext } from "./agent-context.ts";
import { warn } from "./compose-agent.ts";

/** Gives a session that has never run its goal as its first prompt. Publishing it again changes nothing. */
export async function publishGoal(context: AgentContext, spec: SessionSpec): Promise<void> {
  const { session, memory, status, storage, clock, paths, record } = context;
  const goal = memory.current().goal ?? spec.task;
  if (status.current().turns > 0 || goal === undefined || goal.trim() === "") return;
  // Its turn starts something, and finding out how takes as long as the disk. A script may start nothing.
  if (context.choice.driver !== "scripted") context.processes.probe();
  const id = goalMessageId(session);
  try {
    const createdAt = spec.createdAt ?? timestamp(clock);
    const bytes = encodeEnvelope({ v: 1, id, kind: "prompt", createdAt, body: { text: goal } });
    await storage.persist(() => publishMessage(paths.inbox, { id, bytes }));
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    // Published by an earlier agent process, and the goal was edited since.
    if (error.code === "id-conflict") return;
    if (error.code !== "message-too-large") throw error;
    warn(record, error.code, `The goal is no prompt. ${error.message} ${error.hint}`);
  }
}
