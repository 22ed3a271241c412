import { expect, test } from "vitest";
import { DEPTH_LIMIT, scanObject } from "./json-text.ts";

const WHOLE = [
  "{}",
  ' \n{ "a" : 1 } \t\r\n',
  '{"a":[],"b":{},"c":[1,-0.5e+10,true,false,null,"x"]}',
  String.raw`{"text":"a\"b\\c\/\b\f\n\r\té😀"}`,
  '{"a":{"b":[{"c":[[]]}]}}',
  '{"n":1e400}',
];

test.each(WHOLE)("%s is one object, and every beginning of it is a prefix", (text) => {
  expect(scanObject(text).state).toBe("whole");
  const end = text.trimEnd().length;
  for (let length = 0; length < end; length += 1) {
    expect([length, scanObject(text.slice(0, length)).state]).toEqual([length, "prefix"]);
  }
});

const BROKEN = [
  "[]",
  "42",
  '"text"',
  "plain text",
  "{hello}",
  "{'a':1}",
  '{"a":1,}',
  '{"a":1 "b":2}',
  '{"a" 1}',
  '{"a":01}',
  '{"a":.5}',
  '{"a":nil}',
  '{"a":[1,]}',
  '{"a":[1}',
  '{"a":1]',
  '{"a":"\n"}',
  String.raw`{"a":"\x"}`,
  String.raw`{"a":"\u12g"}`,
  "{} {}",
  "{}x",
  "\ufeff{}",
];

test.each(BROKEN)("%j is not an object and will not become one", (text) => {
  expect(scanObject(text).state).toBe("broken");
  expect(() => JSON.parse(text) as unknown).toSatisfy((parse: () => unknown) => {
    try {
      return typeof parse() !== "object" || Array.isArray(parse());
    } catch {
      return true;
    }
  });
});

test("the outermost names, a name that stands twice and the depth are told", () => {
  expect([...scanObject('{"v":1,"kind":"prompt","body":{"v":2}}').keys]).toEqual(["v", "kind", "body"]);
  expect(scanObject('{"a":{"b":1},"c":{"b":1}}').duplicate).toBeNull();
  expect(scanObject(String.raw`{"a":{"b":1,"\u0062":2}}`).duplicate).toBe("b");
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
  expect(scanObject(deep(DEPTH_LIMIT))).toMatchObject({ state: "whole", depth: DEPTH_LIMIT });
  expect(scanObject(deep(200_000))).toMatchObject({ state: "whole", depth: 200_000 });
  expect(scanObject(`{"a":${"[".repeat(200_000)}`)).toMatchObject({ state: "prefix" });
});

test("a large text is read in one go", () => {
  const text = JSON.stringify({ v: 1, kind: "prompt", body: { text: 'x"\\'.repeat(250_000) } });
  const begun = performance.now();
  expect(scanObject(text).state).toBe("whole");
  expect(performance.now() - begun).toBeLessThan(1_000);
});
