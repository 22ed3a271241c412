/**
 * Sorts by age, then by id, both of which sort by their characters. `localeCompare` would first load the language's
 * rules, which takes longer than to read a hundred sessions.
 */
export function oldestFirst(one: Aged, other: Aged): number {
  return compare(one.createdAt, other.createdAt) || compare(one.id, other.id);
}

interface Aged {
  readonly createdAt: string;
  readonly id: string;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
