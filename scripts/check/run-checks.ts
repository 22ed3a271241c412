import type { Check } from "./checks.ts";
import { runCommand, type CommandResult } from "./run-command.ts";

export interface CheckResult extends CommandResult {
  name: string;
}

/** Runs all checks at once, except that one waits for the check it reads from. `report` hears of each as it ends. */
export async function runChecks(checks: Check[], report: (result: CheckResult) => void): Promise<CheckResult[]> {
  const running = new Map<string, Promise<CheckResult>>();
  for (const check of checks) {
    const before = check.after === undefined ? undefined : running.get(check.after);
    running.set(check.name, runCheck(check, before));
  }
  return await Promise.all([...running.values()].map(async (promise) => tell(await promise)));

  function tell(result: CheckResult): CheckResult {
    report(result);
    return result;
  }
}

async function runCheck(check: Check, before: Promise<CheckResult> | undefined): Promise<CheckResult> {
  await before;
  return { name: check.name, ...(await runCommand(check.command)) };
}
