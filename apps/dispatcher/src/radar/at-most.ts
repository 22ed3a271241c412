export type AtMost = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs at most `count` pieces of work at once, in the order in which they come. */
export function createAtMost(count: number): AtMost {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
