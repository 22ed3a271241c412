import { expect, test } from "vitest";
import { derivedMessageId, goalMessageId, isId, newMessageId, newSessionId, parseId, uuid5 } from "./ids.ts";

test("message ids of one process sort in the order in which they were made, even within a millisecond", () => {
  const ids = Array.from({ length: 20_000 }, () => newMessageId(1_780_000_000_000));
  expect(ids).toEqual(ids.toSorted((one, other) => (one < other ? -1 : 1)));
  expect(new Set(ids).size).toBe(ids.length);
  // A clock that goes back does not turn the order around.
  expect(newMessageId(1) > ids.at(-1)!).toBe(true);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a UUIDv5 is the one of RFC 9562", () => {
  // Appendix A.4 of the RFC: the DNS namespace and www.example.com.
  expect(uuid5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com")).toBe("2ed6657d-e927-568b-95e1-2665a8aea6a2");
});

test("derived ids are the same for ever: replies written by older versions are found by them", () => {
  expect(derivedMessageId("abcdefghij", "m1", 1)).toBe("31e24496-f709-5fa7-ac8b-71457ceb4168");
  expect(goalMessageId("abcdefghij")).toBe("176170c0-2bd4-5f41-ac04-906edbc4ab1c");
});

test("a session id is ten characters that a prefix can tell apart", () => {
  const ids = new Set(Array.from({ length: 1_000 }, newSessionId));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[a-z2-7]{10}$/);
});

test.each(["", ".", "..", "../a", "a/b", "a.b", "a b", "a\n", "a\0", "ä", "%2e%2e", "C:", "x".repeat(65)])(
  "%j is no id",
  (text) => {
    expect(isId(text)).toBe(false);
    expect(() => parseId(text)).toThrow(expect.objectContaining({ code: "id-invalid" }));
  },
);
