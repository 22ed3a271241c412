export interface Landing {
  /** How many, counted from the first, have passed together. */
  good: number;
  /** Who is to blame: with it the gate is red, without it, it was green. Null when nobody is. */
  bad: number | null;
  /** The gate is red without any of them: then the first is named, but not to blame. */
  isTargetRed: boolean;
}

/**
 * Finds how many of a chain may land. One question where all are good, about log2 of them more where one is not.
 * `isGreen(n)` tells of the first n together; of 0, of the target alone.
 */
export async function findLanding(count: number, isGreen: (count: number) => Promise<boolean>): Promise<Landing> {
  if (count === 0 || (await isGreen(count))) return { good: count, bad: null, isTargetRed: false };
  let good = 0;
  let red = count;
  while (red - good > 1) {
    const middle = Math.floor((good + red) / 2);
    if (await isGreen(middle)) good = middle;
    else red = middle;
  }
  return { good, bad: red - 1, isTargetRed: good === 0 && !(await isGreen(0)) };
}
