import type { Context } from "../../context.ts";
import type { RepositorySettings } from "../../repositories/settings.ts";
import { escapeText } from "../../worktrees/escape.ts";
import type { WorktreeRecord } from "../../worktrees/record.ts";
import type { GateRun } from "../item.ts";
import { gateLogPath } from "../store.ts";
import { makeCheckout, removeCheckout } from "./gate-checkout.ts";
import { runGateCommand } from "./gate-command.ts";
import { openGateLog } from "./gate-log.ts";

export interface GateInput {
  record: Pick<WorktreeRecord, "hub" | "objectFormat">;
  commit: string;
  /** How many merges are in the commit. */
  merges: number;
  command: readonly string[];
  settings: Pick<RepositorySettings, "gateTimeoutMs" | "gateNetwork" | "gateTools">;
  signal: AbortSignal;
}

const TAIL_LINES = 20;
const TAIL_LENGTH = 4000;
const PASSED = "exit code 0";

/**
 * Runs a repository's gate on the files of a commit, in a new checkout that no session reaches. Nothing that it started
 * and no file of the checkout is left afterwards. Throws `gate-unavailable`, and the signal's reason when it is aborted.
 */
export async function runGate(context: Context, input: GateInput): Promise<GateRun> {
  const { commit, merges, command } = input;
  const checkout = await makeCheckout(context, input.record, commit);
  const startedMs = performance.now();
  try {
    const log = openGateLog(gateLogPath(context.root, checkout.id));
    let end: Awaited<ReturnType<typeof runGateCommand>>;
    let tail: Buffer;
    try {
      end = await runGateCommand(context, { ...input, checkout, write: log.write });
    } finally {
      tail = log.end();
    }
    const facts = { id: checkout.id, command: [...command], commit, merges, ...end };
    const ms = Math.round(performance.now() - startedMs);
    return { ...facts, passed: end.ended === PASSED, ms, tail: lastLines(tail) };
  } finally {
    await removeCheckout(checkout.directory);
  }
}

function lastLines(bytes: Buffer): string {
  const lines = escapeText(bytes.toString("utf8").replaceAll("\r\n", "\n")).trimEnd().split("\n");
  return lines.slice(-TAIL_LINES).join("\n").slice(-TAIL_LENGTH);
}
