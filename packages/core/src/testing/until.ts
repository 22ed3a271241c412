const POLL_MS = 10;

/** Waits for a fact: polls until the answer is neither undefined, null nor false. Throws when the deadline passes. */
export async function until<T>(
  fact: () => T | Promise<T>,
  options: { timeoutMs?: number; what?: string } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const { timeoutMs = 10_000, what = fact.toString() } = options;
  const due = performance.now() + timeoutMs;
  for (;;) {
    const answer = await fact();
    if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    if (performance.now() > due) throw new Error(`Not true after ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
