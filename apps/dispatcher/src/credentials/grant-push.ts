import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeJsonFile, type Wanted } from "@harness/core";
import { grantPath, hashKey, socketName, WORKER_KEY_PREFIX, type Grant } from "@harness/credentials";
import type { Context } from "../context.ts";
import { newSecret } from "../sessions/new-token.ts";
import { findRemote } from "./endpoint.ts";

/**
 * What the session's next agent process gets so that the session can push its branch; nothing where it may not. A worker
 * that cannot be started now is no reason for a session not to start: `ensure` goes on trying.
 */
export async function grantPush(
  { root, log }: Pick<Context, "root" | "log">,
  { session, push }: Wanted,
  ensure: (name: string) => Promise<void>,
): Promise<Record<string, string>> {
  const remote = push === undefined ? null : findRemote({ root }, push.credential);
  if (push === undefined) return {};
  const { credential, ref, force } = push;
  if (remote === null) {
    log.warn("a session cannot push: its credential is gone", { session, credential });
    return {};
  }
  const key = `${WORKER_KEY_PREFIX}${newSecret()}`;
  const path = grantPath(root.workerOf(credential).directory, session);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await writeJsonFile(path, { v: 1, session, keyHash: hashKey(key), push: { ref, force } } satisfies Grant);
  await ensure(credential).catch((error: unknown) =>
    log.warn("a session cannot push now", { session, credential, error }),
  );
  return {
    HARNESS_PUSH_SOCKET: join(root.run.sockets, session, socketName(credential)),
    HARNESS_PUSH_KEY: key,
    HARNESS_PUSH_REMOTE: remote.baseUrl,
  };
}
