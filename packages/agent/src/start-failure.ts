import {
  derivedMessageId,
  openOutbox,
  publishReport,
  readJsonFile,
  StatusSchema,
  timestamp,
  toErrorRecord,
  writeJsonFile,
  type Clock,
  type Lock,
  type SessionPaths,
} from "@harness/core";
import type { RunArguments } from "./arguments.ts";
import { describeProcess } from "./compose-agent.ts";
import { applyChange, startStatus } from "./status.ts";

export interface StartFailure {
  readonly wish: RunArguments;
  readonly paths: SessionPaths;
  readonly lock: Lock;
  readonly clock: Clock;
}

/** Says in the session's own files why its agent process did not start. What cannot be written is left out. */
export async function reportStartFailure({ wish, paths, lock, clock }: StartFailure, error: unknown): Promise<void> {
  const { code, message, hint } = toErrorRecord(error);
  // A closed session was refused, it did not fail.
  if (code === "session-closed") return;
  const reason = `${message} ${hint}`;
  const at = timestamp(clock);
  try {
    const previous = (await readJsonFile(paths.status, StatusSchema))?.value ?? null;
    const process = describeProcess(lock, wish.nonce);
    const started = startStatus({ session: wish.session, previous, process, degraded: [], at });
    const status = applyChange(started, { type: "agent.changed", agent: "failed", reason }, at);
    await writeJsonFile(paths.status, status, { keepPrevious: paths.statusPrevious });
    // One id for one cause: starting again and again does not fill the outbox.
    const id = derivedMessageId(wish.session, `start/${code}`, 0);
    if (openOutbox(paths.outbox).has(id)) return;
    const body = { code, text: reason };
    await publishReport(paths.outbox, { v: 1, id, kind: "failed", createdAt: at, body });
  } catch {
    // The caller prints the error itself; a status of a newer version, or a full disk, is no further news.
  }
}
