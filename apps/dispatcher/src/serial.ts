export type Serial = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Work under the same key runs one after the other, in the order in which it was asked for. */
export function createSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    // The next in line waits for the end, however it ends; the failure belongs to whoever asked.
    const tail = mine.then(
      () => {},
      () => {},
    );
    tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
