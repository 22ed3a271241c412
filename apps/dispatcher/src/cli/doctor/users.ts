import { isHarnessError, type StateRoot } from "@harness/core";
import { readConfig } from "../../config.ts";
import { decideUsers } from "../../users/decide.ts";
import type { Verdict } from "../../users/verdict.ts";
import { ok, weak, type Finding } from "./finding.ts";

const NAME = "own user";
const OWN = "each session, each credential worker and each run of a gate is a user of its own";
const ONE =
  "One user runs everything: a coding agent that gets out of its sandbox, or has none, could read other sessions, and a key from its worker's memory.";

/** As the next start of the dispatcher would decide; null where config.yaml cannot be read, which is told by itself. */
export async function findVerdict(root: StateRoot): Promise<Verdict | null> {
  try {
    return await decideUsers({ root, config: readConfig(root) });
  } catch (error) {
    if (!isHarnessError(error)) throw error;
    return null;
  }
}

/** Whether what is behind a sandbox is also behind the system's users. */
export function findUsers(verdict: Verdict | null): Finding[] {
  if (verdict === null) return [];
  return [verdict.own ? ok(NAME, OWN) : weak(NAME, `${ONE} ${verdict.why}`, verdict.hint)];
}
