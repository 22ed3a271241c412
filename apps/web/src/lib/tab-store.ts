import { createStore, type Store } from "./store.ts";

/** A store whose value outlives a reload, in this tab alone. `read` makes of what lies there, whatever it is, a value or nothing. */
export function createTabStore<T>(key: string, initial: T, read: (found: unknown) => T | undefined): Store<T> {
  const store = createStore(load(key, read) ?? initial);
  return {
    ...store,
    set: (next) => {
      store.set(next);
      keep(key, next);
    },
  };
}

function load<T>(key: string, read: (found: unknown) => T | undefined): T | undefined {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : read(JSON.parse(text));
  } catch {
    // While the page is exported there is none; a browser may forbid it.
    return undefined;
  }
}

function keep(key: string, value: unknown): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: it lives as long as the page.
  }
}
