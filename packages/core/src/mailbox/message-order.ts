const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Where a message stands in line. Times are milliseconds since the epoch. */
export interface Place {
  readonly time: number;
  readonly id: string;
}

/** When a UUIDv7 was made (RFC 9562); null for any other id. */
export function timeOfId(id: string): number | null {
  const found = UUID_V7.exec(id);
  return found === null ? null : Number.parseInt(found[1]! + found[2]!, 16);
}

/**
 * A UUIDv7 says itself when it was made. Any other message came when it was first seen: no earlier than the look before
 * and no later than this one, within that by the time of its file.
 */
export function placeOf(id: string, seen: { modifiedAt: number; lookedBeforeAt: number; nowAt: number }): Place {
  const time = timeOfId(id) ?? Math.min(Math.max(seen.modifiedAt, seen.lookedBeforeAt), seen.nowAt);
  return { time, id };
}

export function comparePlaces(one: Place, other: Place): number {
  return one.time - other.time || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}
