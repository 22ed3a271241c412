import { expect, test } from "vitest";
import { parseInbound, parseOutbound } from "./parse-message.ts";

const origin = { id: "m1", createdAt: "2026-01-01T00:00:00.000Z" };
const parse = (content: string | Uint8Array) => parseInbound(Buffer.from(content as string), origin);
const envelope = (extra: object) => JSON.stringify({ v: 1, kind: "prompt", body: { text: "hi" }, ...extra });

test("an envelope is a message at once; what it leaves out comes from its file", () => {
  expect(parse(envelope({}))).toEqual({
    state: "message",
    message: { v: 1, id: "m1", kind: "prompt", createdAt: origin.createdAt, body: { text: "hi" } },
  });
  expect(parse(envelope({ id: "m1", createdAt: "2020-01-01T00:00:00Z", mine: 7 }))).toMatchObject({
    message: { createdAt: "2020-01-01T00:00:00Z", mine: 7 },
  });
  expect(parse('{"v":1,"kind":"close"}')).toMatchObject({ message: { kind: "close", body: {} } });
  expect(parse(`\ufeff${envelope({})}\r\n`)).toMatchObject({ state: "message" });
});

test.each([
  "42",
  '"text"',
  "[1,2]",
  "{}",
  '{"v":1}',
  '{"kind":"prompt","text":"x"}',
  "{hello",
  "plain text",
  "{} {}",
  "",
])("%j is a text, as it stands", (text) => expect(parse(text)).toEqual({ state: "text", text }));

test.each(["{", '{"v":1,"kind":"prompt","body":{"text":"ha', '{"a":tr', '{"a":12', "  {"])(
  "%j is the start of an object",
  (text) => expect(parse(text)).toEqual({ state: "prefix" }),
);

const REJECTED: [string, string][] = [
  [envelope({ v: 2 }), "from-the-future"],
  [envelope({ v: 0 }), "invalid"],
  [envelope({ v: "1" }), "invalid"],
  [envelope({ id: "other" }), "id-mismatch"],
  [envelope({ id: "../m1" }), "id-mismatch"],
  [envelope({ kind: "launch" }), "unknown-kind"],
  [envelope({ kind: "__proto__" }), "unknown-kind"],
  [envelope({ kind: "reply" }), "unknown-kind"],
  [envelope({ kind: 7 }), "unknown-kind"],
  [envelope({ body: {} }), "invalid"],
  [envelope({ body: { text: "" } }), "invalid"],
  [envelope({ body: "hi" }), "invalid"],
  [envelope({ body: { text: "x", attachments: [{ path: "../token" }] } }), "invalid"],
  ['{"v":1,"kind":"prompt","kind":"close","body":{"text":"x"}}', "duplicate-key"],
  ['{"v":1,"kind":"prompt","body":{"text":"x","text":"y"}}', "duplicate-key"],
  [`{"v":1,"kind":"prompt","body":{"text":"x","deep":${"[".repeat(80)}${"]".repeat(80)}}}`, "too-deep"],
  [`{"v":1,"kind":"prompt","body":{"deep":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}}`, "too-deep"],
];

// The title holds the beginning alone: one of the texts is a hundred thousand brackets.
test.each(REJECTED.map(([text, reason]) => ({ begins: text.slice(0, 60), reason, text })))(
  "$begins… is rejected: $reason",
  ({ text, reason }) => {
    expect(parse(text)).toMatchObject({ state: "rejected", reason: expect.stringContaining(`${reason}:`) as string });
  },
);

test("bytes that are no UTF-8 are replaced in a text and refused in an envelope", () => {
  expect(parse(Buffer.from([0x68, 0x69, 0xff]))).toEqual({ state: "text", text: "hi\ufffd" });
  expect(
    parse(
      Buffer.concat([Buffer.from('{"v":1,"kind":"prompt","body":{"text":"'), Buffer.from([0xff]), Buffer.from('"}}')]),
    ),
  ).toMatchObject({ state: "rejected", reason: expect.stringContaining("not-utf8") as string });
});

test("__proto__ in an envelope reaches nothing", () => {
  const parsed = parse('{"v":1,"kind":"prompt","__proto__":{"a":1},"body":{"text":"x","__proto__":{"a":1}}}');
  expect(parsed).toMatchObject({ state: "message" });
  expect((parsed as { message: { a?: number; body: { a?: number } } }).message.a).toBeUndefined();
  expect((parsed as { message: { body: { a?: number } } }).message.body.a).toBeUndefined();
});

test("a report is read by the schemas of reports", () => {
  const reply = { v: 1, kind: "reply", replyTo: "m0", body: { text: "done", stopReason: "end_turn" } };
  expect(parseOutbound(Buffer.from(JSON.stringify(reply)), origin)).toMatchObject({ state: "message" });
  expect(parseOutbound(Buffer.from(envelope({})), origin)).toMatchObject({ state: "rejected" });
  const infinite = JSON.stringify(reply).replace('"end_turn"', '"end_turn","usage":{"costUsd":1e400}');
  expect(parseOutbound(Buffer.from(infinite), origin)).toMatchObject({ state: "rejected" });
});
