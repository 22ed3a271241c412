import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import * as z from "zod/mini";
import { HarnessError, systemCode } from "../errors.ts";
import { createFileDurable } from "../fs/durable.ts";
import { syncDirectory } from "../fs/flush.ts";
import { storageError } from "../fs/storage-error.ts";
import { sessionPaths, type SessionPaths } from "../layout/session-directory.ts";
import type { Context } from "../schema/context.ts";
import { type SessionSpec, SessionSpecSchema } from "../schema/session.ts";
import { describeIssues } from "../schema/versioned.ts";

export interface NewSession {
  /** The session's own API token; without one the session works on files alone. */
  token?: string;
  goal?: string;
  plan?: unknown[];
}

/**
 * Makes a session's directory: whole and durable, or not at all. It is built under a hidden name beside its place and
 * renamed. Throws `session-exists`, `session-damaged` (a spec that is none), `storage-full`, `storage-failed`.
 */
export async function createSession(paths: SessionPaths, spec: SessionSpec, options: NewSession = {}): Promise<void> {
  refuseInvalid(paths, spec);
  const parent = dirname(paths.directory);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const building = sessionPaths(join(parent, `.${basename(paths.directory)}.${randomBytes(6).toString("hex")}.new`));
  try {
    await build(building, spec, options);
    renameSync(building.directory, paths.directory);
    await syncDirectory(parent);
  } catch (error) {
    rmSync(building.directory, { recursive: true, force: true });
    const code = systemCode(error);
    if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR")
      throw storageError(error, "Making the session");
    throw new HarnessError("session-exists", `There is a session ${spec.id} already.`, { cause: error });
  }
}

async function build(paths: SessionPaths, spec: SessionSpec, options: NewSession): Promise<void> {
  mkdirSync(paths.directory, { mode: 0o700 });
  for (const path of [paths.inbox.path, paths.outbox.path, paths.log, paths.home]) mkdirSync(path, { mode: 0o700 });
  for (const box of [paths.inbox, paths.outbox]) mkdirSync(box.tmp, { mode: 0o700 });
  const { token, goal, plan = [] } = options;
  const context: Context = { v: 1, session: spec.id, ...(goal === undefined ? {} : { goal }), plan };
  const writes = await Promise.allSettled([
    token === undefined ? null : createFileDurable(paths.token, `${token}\n`),
    createFileDurable(paths.context, `${JSON.stringify(context, null, 2)}\n`),
    createFileDurable(paths.spec, `${JSON.stringify(spec, null, 2)}\n`),
    syncDirectory(paths.inbox.path),
    syncDirectory(paths.outbox.path),
  ]);
  // All have ended, so that nothing is still being written when a failure takes the directory away.
  for (const write of writes) if (write.status === "rejected") throw write.reason;
}

function refuseInvalid(paths: SessionPaths, spec: SessionSpec): void {
  const result = z.safeParse(SessionSpecSchema, spec);
  const problem = !result.success
    ? describeIssues(result.error)
    : spec.id === basename(paths.directory)
      ? null
      : `id: the directory is called ${basename(paths.directory)}`;
  if (problem !== null) throw new HarnessError("session-damaged", `The session cannot be made: ${problem}.`);
}
