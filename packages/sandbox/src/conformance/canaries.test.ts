import { expect, it } from "vitest";
import { hashOf, holdsCanary, makeCanary } from "./canaries.ts";

const canary = makeCanary();
const known = [hashOf(canary)];
const base64 = (before: string) => Buffer.from(`${before}${canary}"}`).toString("base64");

it.each([
  ["plain", `key=${canary}&x=1`],
  ["in hex", `00${Buffer.from(canary).toString("hex")}ff`],
  ["in hex of capitals", Buffer.from(canary).toString("hex").toUpperCase()],
  ["in base64", base64("")],
  ["in base64 that begins before it", base64("a")],
  ["in base64 that begins well before it", base64('{"key":"')],
  ["in base64 for URLs", Buffer.from(`??>>${canary}`).toString("base64url")],
  ["in base64 with letters before it", `prefix${base64("ab")}`],
])("a canary is found %s", (_, text) => {
  expect(holdsCanary(text, known)).toBe(true);
});

it("another canary is none, and neither is a piece of one", () => {
  expect(holdsCanary(makeCanary(), known)).toBe(false);
  expect(holdsCanary(canary.slice(0, -1), known)).toBe(false);
});
