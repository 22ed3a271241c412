export type SharedLook<T> = (key: string, look: () => Promise<T>) => Promise<T>;

interface Looks<T> {
  running: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Many who ask the same at once share one look. Nobody is given an answer that was begun before the question: who asks
 * while a look is under way waits for the next one, together with everybody else who does.
 */
export function createSharedLook<T>(): SharedLook<T> {
  const looks = new Map<string, Looks<T>>();
  return (key, look) => {
    const begin = (): Promise<T> => {
      const entry: Looks<T> = { running: look(), next: null };
      looks.set(key, entry);
      const end = () => {
        if (entry.next === null) looks.delete(key);
      };
      entry.running.then(end, end);
      return entry.running;
    };
    const current = looks.get(key);
    if (current === undefined) return begin();
    current.next ??= current.running.then(begin, begin);
    return current.next;
  };
}
