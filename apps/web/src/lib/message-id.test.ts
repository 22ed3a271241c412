import { expect, test } from "vitest";
import { newMessageId } from "./message-id.ts";

test("ids are UUIDv7, so that their order is the order of sending", () => {
  const ids = [1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 47].map((now) => newMessageId(now));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids.toSorted()).toEqual(ids);
});

test("no two are alike", () => {
  expect(new Set(Array.from({ length: 1000 }, () => newMessageId(5))).size).toBe(1000);
});
