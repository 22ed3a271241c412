/** What was worked out before, for as long as somebody still asks for it. */
export interface Remembered<T> {
  get(key: string, work: () => Promise<T>): Promise<T>;
  /** Forgets what nobody asked for since the last call. */
  age(): void;
}

export function createRemembered<T>(): Remembered<T> {
  let old = new Map<string, T>();
  let current = new Map<string, T>();
  return {
    get: async (key, work) => {
      const known = current.get(key) ?? old.get(key);
      const value = known ?? (await work());
      current.set(key, value);
      return value;
    },
    age: () => {
      old = current;
      current = new Map();
    },
  };
}
