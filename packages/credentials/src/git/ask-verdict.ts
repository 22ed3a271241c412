import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pushAskedPath, pushVerdictPath, type GitWorkerStart, type PushAsked, type PushVerdict } from "../protocol.ts";
import type { Command } from "./push-request.ts";

const LOOK_MS = 50;
/** A dispatcher that runs says within this time that it looks. */
const TAKEN_MS = 10_000;
/** What it takes to read a session's commits at most. */
const VERDICT_MS = 10 * 60_000;

/** What an earlier worker has asked is of no interest to anybody. */
export function clearAsked(directory: string): void {
  rmSync(join(directory, "pushes"), { recursive: true, force: true });
}

/**
 * Asks the dispatcher whether exactly this commit may be sent: of a push this process sees commits, not what is in them.
 * Returns why not; null where it may.
 */
export async function askVerdict(
  { directory, takenMs = TAKEN_MS }: Pick<GitWorkerStart, "directory" | "takenMs">,
  { session, command, gone }: { readonly session: string; readonly command: Command; readonly gone: AbortSignal },
): Promise<string | null> {
  const id = randomBytes(12).toString("hex");
  const path = pushAskedPath(directory, id);
  mkdirSync(join(directory, "pushes"), { recursive: true, mode: 0o700 });
  const asked: PushAsked = { v: 1, session, old: command.old, new: command.new };
  writeFileSync(`${path}.new`, JSON.stringify(asked), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  const beganAt = performance.now();
  try {
    for (;;) {
      await sleep(LOOK_MS, undefined, { signal: gone });
      const verdict = readVerdict(directory, id);
      if (verdict?.state === "allowed") return null;
      if (verdict?.state === "refused") return verdict.reason ?? "it is refused";
      if (performance.now() - beganAt < (verdict === null ? takenMs : VERDICT_MS)) continue;
      return verdict === null
        ? "nobody looks whether it changes what the remote runs: `harness up` starts who does"
        : "it takes too long to see whether it changes what the remote runs";
    }
  } finally {
    rmSync(path, { force: true });
  }
}

function readVerdict(directory: string, id: string): PushVerdict | null {
  try {
    const verdict = JSON.parse(readFileSync(pushVerdictPath(directory, id), "utf8")) as PushVerdict;
    return verdict.v === 1 ? verdict : null;
  } catch {
    return null;
  }
}
