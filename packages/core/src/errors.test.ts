import { expect, test } from "vitest";
import { ERROR_CODES, ERROR_KINDS } from "./error-codes.ts";
import { fromErrorRecord, HarnessError, isHarnessError, systemCode, toErrorRecord } from "./errors.ts";

test("every code is a permanent kebab name in alphabetical order, with a title and what to do", () => {
  const codes = Object.keys(ERROR_CODES);
  expect(codes).toEqual(codes.toSorted((one, other) => (one < other ? -1 : 1)));
  for (const [code, entry] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(ERROR_KINDS[entry.kind]).toBeDefined();
    expect(entry.title.length * entry.hint.length).toBeGreaterThan(0);
    expect(entry.hint).toMatch(/[.:]$/);
  }
});

test("an error crosses a file and comes back as itself", () => {
  const error = new HarnessError("id-conflict", "Taken.", { hint: "Take another.", details: { id: "a" } });
  const back = fromErrorRecord(JSON.parse(JSON.stringify(toErrorRecord(error))) as ReturnType<typeof toErrorRecord>);
  expect(isHarnessError(back)).toBe(true);
  expect(back).toMatchObject({ code: "id-conflict", kind: "conflict", message: "Taken.", hint: "Take another." });
  expect(back.details).toEqual({ id: "a" });
});

test.each(["not-invented-yet", "constructor", "__proto__", "toString"])(
  "the unknown code %s becomes internal and is named",
  (code) => {
    expect(fromErrorRecord({ code, message: "m" })).toMatchObject({
      code: "internal",
      kind: "internal",
      details: { code },
    });
  },
);

test("what is not ours is internal", () => {
  expect(toErrorRecord(new TypeError("x"))).toMatchObject({ code: "internal", message: "x" });
  expect(toErrorRecord("text")).toMatchObject({ code: "internal", message: "text" });
  expect(isHarnessError(null)).toBe(false);
  expect(systemCode({ code: 7 })).toBeUndefined();
});
