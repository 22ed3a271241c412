import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ContextSchema } from "../schema/context.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { readJsonFile, readJsonFileSync, setAsideDamaged, writeJsonFile } from "./json-file.ts";

async function twoGenerations(directory: string) {
  const path = join(directory, "context.json");
  const previous = join(directory, "context.prev.json");
  await writeJsonFile(path, { v: 1, goal: "first", kept: [1] });
  await writeJsonFile(path, { v: 1, goal: "second", kept: [1] }, { keepPrevious: previous });
  return { path, previous };
}

test("an absent file is null, a sound one is current", async () => {
  await using directory = temporaryDirectory();
  expect(await readJsonFile(join(directory.path, "context.json"), ContextSchema)).toBeNull();
  const { path, previous } = await twoGenerations(directory.path);
  expect(await readJsonFile(path, ContextSchema, { previous })).toEqual({
    value: { v: 1, goal: "second", kept: [1] },
    source: "current",
  });
});

test("a file cut at any byte falls back to the generation before, with a reason", async () => {
  await using directory = temporaryDirectory();
  const { path, previous } = await twoGenerations(directory.path);
  const whole = readFileSync(path);
  // The last byte is the newline after the object.
  for (let length = 0; length < whole.length - 1; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    const file = await readJsonFile(path, ContextSchema, { previous });
    expect([length, file?.source, file?.value.goal]).toEqual([length, "previous", "first"]);
    expect(file?.problem).toContain("context.json");
  }
});

test("a file with any byte turned into NUL gives a sound value of one of the two generations", async () => {
  await using directory = temporaryDirectory();
  const { path, previous } = await twoGenerations(directory.path);
  const whole = readFileSync(path);
  for (let at = 0; at < whole.length; at += 1) {
    const bytes = Buffer.from(whole);
    bytes[at] = 0;
    writeFileSync(path, bytes);
    const file = await readJsonFile(path, ContextSchema, { previous });
    expect([at, file?.source, file?.value.goal]).toEqual([at, "previous", "first"]);
  }
});

test("with no sound generation the damage is an error, and the quick read says null", async () => {
  await using directory = temporaryDirectory();
  const { path, previous } = await twoGenerations(directory.path);
  writeFileSync(path, "{");
  writeFileSync(previous, "");
  await expect(readJsonFile(path, ContextSchema, { previous })).rejects.toMatchObject({ code: "session-damaged" });
  expect(readJsonFileSync(path, ContextSchema)).toBeNull();
});

test("a file from a newer version is refused and left as it is, however good the generation before", async () => {
  await using directory = temporaryDirectory();
  const { path, previous } = await twoGenerations(directory.path);
  const newer = '{"v":7,"goal":{"text":"from the future"}}';
  writeFileSync(path, newer);
  await expect(readJsonFile(path, ContextSchema, { previous })).rejects.toMatchObject({ code: "from-the-future" });
  expect(readJsonFileSync(path, ContextSchema)).toBeNull();
  expect(readFileSync(path, "utf8")).toBe(newer);
});

test("a file beyond the limit is damage and is not read", async () => {
  await using directory = temporaryDirectory();
  const { path, previous } = await twoGenerations(directory.path);
  await expect(readJsonFile(path, ContextSchema, { limit: 30, previous })).rejects.toMatchObject({
    code: "session-damaged",
  });
});

test("damaged files are kept aside, the five newest", async () => {
  await using directory = temporaryDirectory();
  const path = join(directory.path, "context.json");
  expect(await setAsideDamaged(path)).toBeNull();
  for (let day = 1; day <= 7; day += 1) {
    writeFileSync(path, `damage ${day}`);
    await setAsideDamaged(path, Date.UTC(2026, 0, day));
  }
  const kept = readdirSync(directory.path);
  expect(kept.length).toBe(5);
  expect(kept.toSorted()[0]).toContain("corrupt-2026-01-03");
  expect(existsSync(path)).toBe(false);
});
