import { fakeClock } from "@harness/core/testing";
import { expect, test } from "vitest";
import { CODE_LIFE_MS, COOKIE_LIFE_MS, createLogins } from "./logins.ts";

test("a code opens once", () => {
  const logins = createLogins({ adminToken: "a".repeat(43), clock: fakeClock() });
  const { code } = logins.issueCode();
  expect(logins.isValid(logins.redeem(code).cookie)).toBe(true);
  expect(() => logins.redeem(code)).toThrow(expect.objectContaining({ code: "login-code-invalid" }));
});

test("a code dies of age", async () => {
  const clock = fakeClock();
  const logins = createLogins({ adminToken: "a".repeat(43), clock });
  const { code } = logins.issueCode();
  await clock.advance(CODE_LIFE_MS + 1);
  expect(() => logins.redeem(code)).toThrow(expect.objectContaining({ code: "login-code-invalid" }));
});

test("a cookie outlives the dispatcher, but neither its time nor the admin token", async () => {
  const clock = fakeClock();
  const make = (adminToken: string) => createLogins({ adminToken, clock });
  const first = make("a".repeat(43));
  const { cookie } = first.redeem(first.issueCode().code);
  expect(make("a".repeat(43)).isValid(cookie)).toBe(true);
  expect(make("b".repeat(43)).isValid(cookie)).toBe(false);
  clock.jump(COOKIE_LIFE_MS + 1);
  expect(first.isValid(cookie)).toBe(false);
});

test("a cookie whose time was changed is refused", () => {
  const logins = createLogins({ adminToken: "a".repeat(43), clock: fakeClock() });
  const { cookie } = logins.redeem(logins.issueCode().code);
  const [ends, nonce, signature] = cookie.split(".");
  for (const forged of [
    `${Number(ends) + 1}.${nonce}.${signature}`,
    `${ends}.${nonce}.`,
    String(ends),
    "",
    "..",
    `${cookie}.x`,
  ]) {
    expect([forged, logins.isValid(forged)]).toEqual([forged, false]);
  }
});

test("guessing is slowed down", () => {
  const logins = createLogins({ adminToken: "a".repeat(43), clock: fakeClock() });
  const codes = Array.from({ length: 40 }, (_, n) => {
    try {
      logins.redeem(`guess-${n}`);
      return "in";
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  expect(codes.slice(0, 30)).toEqual(Array(30).fill("login-code-invalid"));
  expect(codes.at(-1)).toBe("too-many-requests");
  expect(logins.redeem(logins.issueCode().code).maxAgeSeconds).toBeGreaterThan(0);
});
