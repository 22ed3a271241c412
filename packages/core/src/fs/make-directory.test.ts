import { readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemCode } from "../errors.ts";
import { temporaryDirectory } from "../testing/index.ts";
import { makeDirectory } from "./make-directory.ts";

test("a directory is made with those above it, once or again", async () => {
  await using place = temporaryDirectory();
  const path = join(place.path, "one", "two");
  for (const _ of [1, 2]) makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(readdirSync(place.path)).toEqual(["one"]);
  symlinkSync(path, join(place.path, "link"));
  makeDirectory(join(place.path, "link", "three"), 0o700);
  expect(readdirSync(path)).toEqual(["three"]);
});

function codeOf(path: string): string | undefined {
  try {
    makeDirectory(path, 0o700);
  } catch (error) {
    return systemCode(error);
  }
  return "made";
}

test("what keeps it from being made is told", async () => {
  await using place = temporaryDirectory();
  writeFileSync(join(place.path, "file"), "");
  symlinkSync(join(place.path, "nowhere"), join(place.path, "link"));
  expect(codeOf(join(place.path, "file", "below"))).toBe("ENOTDIR");
  expect(codeOf(join(place.path, "file"))).toBe("EEXIST");
  expect(codeOf(join(place.path, "link", "below"))).toBe("EEXIST");
});

test.runIf(process.platform === "linux")("where nothing can be made it does not try for ever", () => {
  expect(codeOf("/proc/harness/state")).toBe("ENOENT");
});
