import { HarnessError } from "@harness/core";
import type { Context } from "../context.ts";
import { findSettings } from "../repositories/find-settings.ts";
import { portVariable } from "../ports/lease-file.ts";
import { writeSetup } from "../repositories/write-setup.ts";
import { readRecord } from "../worktrees/record.ts";
import { findSession } from "./get.ts";
import type { SessionSummary } from "./schema.ts";
import { wantRunning } from "./wanted.ts";

/**
 * Sets the session's worktree up again, as config.yaml says it by now. Throws `setup-missing` where it says nothing,
 * `session-busy` while a turn runs, `worktree-missing`, `session-closed`.
 */
export async function setUpSession(context: Context, session: string): Promise<SessionSummary> {
  const { root, supervisor } = context;
  supervisor.requireStorage();
  const id = findSession(context, session);
  const { state, turn, alive } = supervisor.look(id);
  if (state === "closed") throw new HarnessError("session-closed", `Session ${id} is closed.`);
  const { source } = await readRecord(context, id);
  const settings = findSettings(context, source);
  if (settings?.setup === undefined) {
    throw new HarnessError("setup-missing", `config.yaml names no setup for ${source}.`);
  }
  if (alive && turn?.state === "running") throw new HarnessError("session-busy", `A turn of ${id} is running.`);
  const ports = await context.ports.lease(id, ["PORT", ...settings.ports.map(portVariable)]);
  await supervisor.end(id, "stop", () => writeSetup(root, { id, repository: source, settings, ports }));
  await supervisor.apply(id, () => context.wanted.change(id, wantRunning));
  return supervisor.look(id);
}
