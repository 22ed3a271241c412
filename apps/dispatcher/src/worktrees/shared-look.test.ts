import { expect, test } from "vitest";
import { createSharedLook } from "./shared-look.ts";

function controlled() {
  const started: { answer(value: number): void; fail(error: Error): void }[] = [];
  const look = () => new Promise<number>((resolve, reject) => started.push({ answer: resolve, fail: reject }));
  return { started, look };
}

test("who asks while a look is under way shares the next one", async () => {
  const share = createSharedLook<number>();
  const { started, look } = controlled();
  const first = share("a", look);
  const later = [share("a", look), share("a", look)];
  expect(started).toHaveLength(1);
  started[0]?.answer(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  const during = share("a", look);
  expect(started).toHaveLength(2);
  started[1]?.answer(2);
  expect(await Promise.all(later)).toEqual([2, 2]);
  await Promise.resolve();
  started[2]?.answer(3);
  expect(await during).toBe(3);
});

test("a failure belongs to those who shared it, and the next look is a new one", async () => {
  const share = createSharedLook<number>();
  const { started, look } = controlled();
  const first = share("a", look);
  const second = share("a", look);
  started[0]?.fail(new Error("gone"));
  await expect(first).rejects.toThrow("gone");
  await Promise.resolve();
  started[1]?.answer(2);
  expect(await second).toBe(2);
  const third = share("a", look);
  started[2]?.answer(3);
  expect(await third).toBe(3);
});

test("other questions are other looks", async () => {
  const share = createSharedLook<number>();
  const { started, look } = controlled();
  const both = [share("a", look), share("b", look)];
  expect(started).toHaveLength(2);
  started.forEach((running, index) => running.answer(index));
  expect(await Promise.all(both)).toEqual([0, 1]);
});
