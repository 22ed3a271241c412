import * as real from "node:crypto";
import { describe, expect, it } from "vitest";
import { createHash, randomBytes } from "./small-crypto.ts";

describe.each(["sha1", "sha256"] as const)("%s", (algorithm) => {
  it("is what node:crypto computes, for every length around the blocks and for long input", () => {
    const lengths = [...Array.from({ length: 200 }, (_, length) => length), 1023, 1024, 1025, 100_000];
    for (const length of lengths) {
      const data = real.randomBytes(length);
      const expected = real.createHash(algorithm).update(data).digest("hex");
      expect(createHash(algorithm).update(data).digest("hex")).toBe(expected);
    }
  });

  it("takes its input in pieces, as texts or bytes, and gives bytes or base64", () => {
    const expected = real.createHash(algorithm).update("grüße").digest();
    const pieces = createHash(algorithm).update("grü").update(Buffer.from("ße"));
    expect(pieces.digest()).toEqual(expected);
    expect(pieces.digest("base64")).toBe(expected.toString("base64"));
  });
});

it("random bytes differ", () => {
  expect(randomBytes(16)).toHaveLength(16);
  expect(randomBytes(16)).not.toEqual(randomBytes(16));
});
