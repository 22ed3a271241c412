import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { copyCompileCache } from "./compile-cache.ts";

function setUp(root: string) {
  const kept = join(root, "kept");
  const temporary = join(root, "tmp");
  for (const path of [join(kept, "v24"), temporary]) mkdirSync(path, { recursive: true });
  writeFileSync(join(kept, "v24", "a"), "compiled");
  const copy = (compileCache: unknown = kept) =>
    copyCompileCache({
      choice: { driver: "pi", compileCache },
      processes: { environment: { TMPDIR: temporary } } as never,
    });
  return { temporary, copy, copied: join(temporary, "node-compile-cache", "v24", "a") };
}

test("a session gets a copy of its own", async () => {
  await using directory = temporaryDirectory();
  const { copy, copied } = setUp(directory.path);
  await copy();
  expect(readFileSync(copied, "utf8")).toBe("compiled");
});

test("what the session has made of it stays", async () => {
  await using directory = temporaryDirectory();
  const { copy, copied } = setUp(directory.path);
  await copy();
  writeFileSync(copied, "newer");
  await copy();
  expect(readFileSync(copied, "utf8")).toBe("newer");
});

test("nothing is written through a link in the place of the directory", async () => {
  await using directory = temporaryDirectory();
  const { copy, copied, temporary } = setUp(directory.path);
  const elsewhere = join(directory.path, "elsewhere");
  mkdirSync(elsewhere);
  rmdirSync(temporary);
  symlinkSync(elsewhere, temporary);
  await copy();
  expect([existsSync(copied), existsSync(join(elsewhere, "node-compile-cache"))]).toEqual([false, false]);
});

test("nor through one that was planted under its name", async () => {
  await using directory = temporaryDirectory();
  const { copy, temporary } = setUp(directory.path);
  const elsewhere = join(directory.path, "elsewhere");
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(temporary, "node-compile-cache"));
  await copy();
  expect(existsSync(join(elsewhere, "v24"))).toBe(false);
});

test.each([null, "relative", 7, "/nonexistent"])("%j is no cache, and no trouble", async (cache) => {
  await using directory = temporaryDirectory();
  const { copy, copied } = setUp(directory.path);
  await copy(cache);
  expect(existsSync(copied)).toBe(false);
});

test("it is where Node looks for it as this user", async () => {
  await using directory = temporaryDirectory();
  const { copy, temporary } = setUp(directory.path);
  mkdirSync(join(directory.path, "kept", "v24-x64-0a-12345"));
  await copy();
  const user = process.getuid?.() ?? 12_345;
  expect(readdirSync(join(temporary, "node-compile-cache")).toSorted()).toEqual(["v24", `v24-x64-0a-${user}`]);
});
