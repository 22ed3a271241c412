import { readJsonFileSync, readSession, SetupSchema, toErrorRecord } from "@harness/core";
import { execa } from "execa";
import { endOwnProcesses } from "../users/end-processes.ts";
import { startUser } from "../users/session-user.ts";
import { agentEnvironment } from "./agent-command.ts";
import type { SupervisorParts } from "./parts.ts";

/** What a removal waits for at most, whatever the session says. */
const LONGEST_MS = 600_000;
const GRACE_MS = 15_000;

/**
 * Runs the teardown of a session that is about to go, in an agent process that does nothing else. Its failure stops
 * nothing: it is told, a sentence each. Contract: the session has no agent process, and none is started meanwhile.
 */
export async function tearDown(parts: SupervisorParts, id: string): Promise<string[]> {
  const { root, config, environment } = parts;
  const paths = root.session(id);
  const { teardown, setup } = readJsonFileSync(paths.setup, SetupSchema) ?? {};
  const before = readSession(paths).status;
  if (teardown === undefined || before?.teardown?.state === "succeeded") return [];
  if (before?.state === "closed")
    return before.teardown?.state === "failed"
      ? ["Its teardown failed when it was closed, and is not tried again."]
      : [];
  if (setup !== undefined && before?.setup === undefined) return [];
  const owner = await startUser(paths, parts.users).catch((error: unknown) => toErrorRecord(error).message);
  if (typeof owner === "string")
    return [`Its teardown was not run, and what it was to take down may be left. ${owner}`];
  const [program = "", ...first] = config.agentCommand;
  const limitMs = Math.min(teardown.timeoutMs || LONGEST_MS, LONGEST_MS);
  const { exitCode, timedOut } = await execa(program, [...first, "--session", id, "--teardown"], {
    cwd: paths.directory,
    // It asks no model.
    env: agentEnvironment({ own: environment, paths, granted: {} }),
    extendEnv: false,
    ...owner,
    reject: false,
    stdio: "ignore",
    timeout: limitMs + GRACE_MS,
    killSignal: "SIGKILL",
  }).finally(() => {
    // What it runs is the session's to write, and may have left somebody behind who changes files that root takes away.
    endOwnProcesses(parts, id);
  });
  if (exitCode === 0) return [];
  const { reason, lines = [] } = readSession(paths).status?.teardown ?? {};
  const last = lines.at(-1);
  const why = timedOut ? "It did not end." : [reason, last].filter(Boolean).join(" ");
  parts.log.warn("a teardown failed", { session: id, exitCode, timedOut, reason, lines });
  return [`Its teardown failed, and what it was to take down may be left. ${why}`.trim()];
}
