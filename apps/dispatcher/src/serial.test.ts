import { expect, test } from "vitest";
import { createSerial } from "./serial.ts";

test("work under one key runs in order, and a failure stops nobody", async () => {
  const serial = createSerial();
  const seen: string[] = [];
  const work = (name: string, ms: number) => async () => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, ms));
    seen.push(`${name} ends`);
    if (name === "b") throw new Error("b failed");
    return name;
  };
  const all = await Promise.allSettled([
    serial("k", work("a", 20)),
    serial("k", work("b", 5)),
    serial("k", work("c", 1)),
  ]);
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("work under different keys runs side by side", async () => {
  const serial = createSerial();
  let release = () => {};
  const held = serial("a", () => new Promise<void>((resolve) => (release = resolve)));
  expect(await serial("b", async () => "b")).toBe("b");
  release();
  await held;
});
