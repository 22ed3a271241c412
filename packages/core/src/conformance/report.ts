import { HarnessError } from "../errors.ts";

/** One thing that the protocol asks for, and what was found. */
export interface ConformanceCheck {
  /** Permanent kebab name. */
  name: string;
  expected: string;
  /** In words; why it did not pass, where it did not. */
  seen: string;
  passed: boolean;
  tookMs: number;
}

export interface ConformanceReport {
  subject: "agent" | "client";
  command: string[];
  /** In the order of the list, however they ran. */
  checks: ConformanceCheck[];
  passed: boolean;
}

export interface ConformanceOptions {
  /** The program under test with its own arguments. */
  command: string[];
  /** Told of each check as it ends. */
  onCheck?(check: ConformanceCheck): void;
  /** Where a command without a slash is looked for: a PATH. */
  path?: string;
  /** Multiplies every time limit; for slow or busy machines. 1 unless given. */
  patience?: number;
  /** Checks run at the same time, 2 unless given. */
  parallel?: number;
  /** Runs only these checks. */
  only?: string[];
}

/** A check to be made. Contract: `run` throws an error whose message says what was seen when it is not as expected. */
export interface PlannedCheck<Stage> {
  name: string;
  expected: string;
  /** What was seen, where that says more than that all is well. */
  run(stage: Stage): Promise<string | void>;
}

export interface ChecksOptions<Stage> {
  subject: ConformanceReport["subject"];
  checks: PlannedCheck<Stage>[];
  /** A stage of its own for each check, taken down after it. */
  open(name: string): Promise<Stage & { close(): Promise<void>; complaints(): string }>;
}

/** Throws `usage-invalid` where it is to make a check that there is not. */
export async function runChecks<Stage>(
  options: ConformanceOptions,
  { subject, checks, open }: ChecksOptions<Stage>,
): Promise<ConformanceReport> {
  const { only } = options;
  const unknown = only?.filter((name) => !checks.some((check) => check.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new HarnessError("usage-invalid", `There is no check of that name: ${unknown.join(", ")}.`, {
      hint: `There are ${checks.map(({ name }) => name).join(", ")}.`,
    });
  }
  const chosen = checks.filter((check) => only?.includes(check.name) ?? true);
  const results = new Map<string, ConformanceCheck>();
  const waiting = [...chosen];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await runCheck(next, open);
      results.set(next.name, result);
      options.onCheck?.(result);
    }
  };
  await Promise.all(Array.from({ length: options.parallel ?? 2 }, work));
  const inOrder = chosen.flatMap((check) => results.get(check.name) ?? []);
  return {
    subject,
    command: options.command,
    checks: inOrder,
    passed: inOrder.length > 0 && inOrder.every((check) => check.passed),
  };
}

async function runCheck<Stage>(
  check: PlannedCheck<Stage>,
  open: ChecksOptions<Stage>["open"],
): Promise<ConformanceCheck> {
  const begun = performance.now();
  const done = (passed: boolean, seen: string): ConformanceCheck => ({
    name: check.name,
    expected: check.expected,
    seen,
    passed,
    tookMs: Math.round(performance.now() - begun),
  });
  const stage = await open(check.name);
  try {
    return done(true, (await check.run(stage)) ?? "as expected");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const complaints = stage.complaints();
    return done(false, complaints === "" ? message : `${message} It wrote: ${complaints}`);
  } finally {
    await stage.close();
  }
}

/** Fails a check unless the fact holds. */
export function expectThat(fact: boolean, otherwise: string): asserts fact {
  if (!fact) throw new Error(otherwise);
}

/** Waits for a fact; fails the check with `otherwise` when it does not come in time. */
export async function waitFor<T>(
  fact: () => T | null | undefined | false,
  options: { timeoutMs: number; otherwise: () => string },
): Promise<T> {
  const due = performance.now() + options.timeoutMs;
  for (;;) {
    const answer = fact();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (performance.now() > due) throw new Error(options.otherwise());
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
