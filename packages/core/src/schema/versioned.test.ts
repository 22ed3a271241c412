import { expect, test } from "vitest";
import { ContextSchema } from "./context.ts";
import { parseVersioned, upgradeDocument } from "./versioned.ts";

const parse = (text: string) => parseVersioned(ContextSchema, text, "context.json");

test("an absent version means 1, and unknown fields are kept", () => {
  expect(parse('{"goal":"g","mine":{"a":[1]}}')).toEqual({ v: 1, goal: "g", mine: { a: [1] } });
});

test("a newer version is refused by name, whatever else it holds", () => {
  expect(() => parse('{"v":2,"goal":{"new":"form"}}')).toThrow(expect.objectContaining({ code: "from-the-future" }));
});

test.each(["", "null", "[]", '{"goal":', '{"v":0}', '{"v":"1"}', '{"v":1.5}', '{"v":null}', '{"goal":7}', "{}{}"])(
  "%j is damage, and the message says what is wrong",
  (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "session-damaged" }));
    expect(() => parseVersioned(ContextSchema, text, "message")).toThrow(
      expect.objectContaining({ code: "message-invalid" }),
    );
  },
);

test("text nested too deep is refused, __proto__ changes nothing", () => {
  expect(() => parse(`{"notes":${"[".repeat(70)}${"]".repeat(70)}}`)).toThrow(/deeper than 64/);
  const context = parse('{"goal":"g","__proto__":{"polluted":true},"notes":{"__proto__":{"polluted":true}}}');
  expect((context as { polluted?: boolean }).polluted).toBeUndefined();
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("an older document goes through every step in turn", () => {
  const steps = [
    (older: Record<string, unknown>) => ({ ...older, renamed: older["name"], name: undefined }),
    (older: Record<string, unknown>) => ({ ...older, list: [older["renamed"]] }),
  ];
  expect(upgradeDocument({ v: 1, name: "n", extra: 1 }, { what: "it", steps })).toMatchObject({
    v: 3,
    list: ["n"],
    extra: 1,
  });
  expect(upgradeDocument({ v: 2, renamed: "n" }, { what: "it", steps })).toMatchObject({ v: 3, list: ["n"] });
  expect(upgradeDocument({ v: 3, list: [] }, { what: "it", steps })).toEqual({ v: 3, list: [] });
  expect(() => upgradeDocument({ v: 4 }, { what: "it", steps })).toThrow(/version 4; this program knows 3/);
});
