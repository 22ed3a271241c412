import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { latestChange } from "./latest-change.ts";
import { openLab } from "./testing/lab.ts";

const NAMES = ["a", "seven77", "eight888", "nine99999", `deep/${"long".repeat(40)}`, "z"];

test.each(["sha1", "sha256"] as const)("the latest change of any file is found in a %s index", async (format) => {
  await using lab = openLab();
  const place = join(lab.path, format);
  lab.git(lab.path, "init", "-q", `--object-format=${format}`, place);
  lab.commit(place, Object.fromEntries(NAMES.map((name) => [name, name])));
  // Version 3 is what an entry with one more flag makes of it.
  lab.write(place, { later: "later\n" });
  for (const add of [[], ["add", "-N", "later"]]) {
    if (add.length > 0) lab.git(place, ...add);
    const index = readFileSync(join(place, ".git/index"));
    expect(index.readUInt32BE(4)).toBe(add.length === 0 ? 2 : 3);
    const changed = NAMES.map((name) => Math.floor(statSync(join(place, name)).ctimeMs / 1000));
    expect(latestChange(index, format)).toBe(Math.max(...changed));
    const last = Buffer.from(index);
    last.writeUInt32BE(
      0x7fff_ffff,
      last.lastIndexOf(add.length === 0 ? "z\0" : "nine99999\0") - (format === "sha1" ? 62 : 74),
    );
    expect(latestChange(last, format)).toBe(0x7fff_ffff);
  }
});

test("what is no whole index tells nothing", async () => {
  await using lab = openLab();
  const index = readFileSync(join(lab.source, ".git/index"));
  expect(latestChange(index, "sha1")).toBeGreaterThan(0);
  for (const length of [0, 11, 40, 100])
    expect([length, latestChange(index.subarray(0, length), "sha1")]).toEqual([length, null]);
  lab.git(lab.source, "update-index", "--index-version", "4");
  expect(latestChange(readFileSync(join(lab.source, ".git/index")), "sha1")).toBeNull();
});
