import { expect, test } from "vitest";
import type { DiffWish } from "./api.ts";
import { diffAddress, readDiffAddress } from "./diff-address.ts";

const tip = "a".repeat(40);

test.each<[DiffWish, string]>([
  [{ against: "base" }, "/session?id=k3x&view=changes"],
  [{ against: "target" }, "/session?id=k3x&view=changes&against=target"],
  [{ against: "target", tip }, `/session?id=k3x&view=changes&against=target&tip=${tip}`],
  [{ against: "target", into: "a&b#c", tip }, `/session?id=k3x&view=changes&against=target&into=a%26b%23c&tip=${tip}`],
])("%j is asked for at %s", (wish, address) => {
  expect(diffAddress("k3x", wish)).toBe(address);
  expect(readDiffAddress(new URL(address, "http://x").searchParams)).toEqual(wish);
});

test("what else an address says is not asked for", () => {
  expect(readDiffAddress(new URLSearchParams("against=<b>&into=main"))).toEqual({ against: "base" });
});
