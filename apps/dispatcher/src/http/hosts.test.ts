import { expect, test } from "vitest";
import { isOwnHost } from "./hosts.ts";

test.each(["127.0.0.1:4870", "localhost:4870", "[::1]:4870"])("%s is ours", (host) => {
  expect(isOwnHost(host, 4870)).toBe(true);
});

test.each([
  undefined,
  "",
  "evil.example",
  "127.0.0.1",
  "127.0.0.1:4871",
  "localhost.:4870",
  "localhost.evil.example:4870",
  "0.0.0.0:4870",
  "127.0.0.2:4870",
  "[::ffff:127.0.0.1]:4870",
  "user@127.0.0.1:4870",
])("%s is not", (host) => {
  expect(isOwnHost(host, 4870)).toBe(false);
});
