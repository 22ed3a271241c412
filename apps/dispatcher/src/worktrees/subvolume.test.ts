import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { createSubvolume, takeSnapshotOf } from "./subvolume.ts";
import { type Lab, openLab } from "./testing/lab.ts";

/** A btrfs that makes what it is asked for and then, as one that took too long, is said to have failed. */
function openSlow(programs: string): Lab {
  const script = `#!/bin/sh
for path; do :; done
mkdir "$path" && echo made > "$path/file"
echo "It took too long." >&2
exit 1
`;
  writeFileSync(join(programs, "btrfs"), script, { mode: 0o755 });
  return openLab({ environment: { PATH: `${programs}:${process.env["PATH"]}` } });
}

test("what a failed btrfs has made all the same is taken away, so that its name is free", async () => {
  await using programs = temporaryDirectory();
  await using lab = openSlow(programs.path);
  const path = join(lab.path, "fresh");
  expect(await createSubvolume(lab.context, path)).toBe("It took too long.");
  expect(existsSync(path)).toBe(false);
  expect(await takeSnapshotOf(lab.context, { from: lab.source, to: path })).toBe("It took too long.");
  expect(existsSync(path)).toBe(false);
});

test("what is there already is left as it is", async () => {
  await using programs = temporaryDirectory();
  await using lab = openSlow(programs.path);
  const path = join(lab.path, "kept");
  mkdirSync(path);
  writeFileSync(join(path, "mine"), "");
  expect(await createSubvolume(lab.context, path)).toBe("Something is there already.");
  expect(await takeSnapshotOf(lab.context, { from: lab.source, to: path })).toBe("Something is there already.");
  expect(readdirSync(path)).toEqual(["mine"]);
});
