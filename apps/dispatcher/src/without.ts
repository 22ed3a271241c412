/** A copy of `record` that lacks `keys`, all of them optional ones. */
export function without<T extends object>(record: T, ...keys: OptionalKey<T>[]): T {
  const copy = { ...record };
  for (const key of keys) delete copy[key];
  return copy;
}

type OptionalKey<T> = keyof {
  [K in keyof T as string extends K ? never : T extends Record<K, T[K]> ? never : K]: unknown;
} &
  keyof T;
