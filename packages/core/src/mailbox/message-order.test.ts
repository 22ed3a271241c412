import { expect, test } from "vitest";
import { newMessageId } from "../ids.ts";
import { comparePlaces, placeOf, timeOfId } from "./message-order.ts";

const MOMENT = Date.UTC(2026, 5, 1);

test("a UUIDv7 carries its time, other ids do not", () => {
  expect(timeOfId(newMessageId(MOMENT + 86_400_000 * 365))).toBe(MOMENT + 86_400_000 * 365);
  expect(timeOfId("hello")).toBeNull();
  expect(timeOfId("4d1115db-0f48-5625-9fe5-f7c0d1845518")).toBeNull();
});

test("a foreign name stands where it was first seen, and within one look by the time of its file", () => {
  const seen = (id: string, modifiedAt: number, look: number) =>
    placeOf(id, { modifiedAt, lookedBeforeAt: MOMENT + (look - 1) * 2_000, nowAt: MOMENT + look * 2_000 });
  const places = [
    seen("b", MOMENT + 500, 1),
    seen("a", MOMENT + 900, 1),
    // Times that a sender made up change nothing beyond the look.
    seen("from-1970", 0, 2),
    seen("from-2100", Date.UTC(2100, 0, 1), 2),
    seen("z", 0, 3),
  ];
  expect(
    places
      .toReversed()
      .toSorted(comparePlaces)
      .map((place) => place.id),
  ).toEqual(["b", "a", "from-1970", "from-2100", "z"]);
});
