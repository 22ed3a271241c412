import { expect, test } from "vitest";
import { isOwnScript } from "./own-script.ts";

test.each([
  ["/_next/static/chunks/a.js", true],
  ["http://127.0.0.1:4870/_next/static/chunks/a.js?v=1", true],
  ["http://127.0.0.1:4871/_next/static/chunks/a.js", false],
  ["//evil.example/_next/static/a.js", false],
  ["/_next/static/../../api/sessions", false],
  ["/api/merges/x/log", false],
  ["data:text/javascript,alert(1)", false],
  ["javascript:alert(1)", false],
])("%s is of the build: %s", (address, is) => {
  expect(isOwnScript(address, "http://127.0.0.1:4870/session?id=x")).toBe(is);
});
