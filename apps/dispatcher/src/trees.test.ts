import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namespaceFlags, requireTool, temporaryDirectory } from "@harness/core/testing";
import { expect, test } from "vitest";
import { deleteTree } from "./trees.ts";

const DELETER = join(import.meta.dirname, "testing/delete-tree.ts");

/** Deletes a tree where the script has mounted something first: `$1` is the tree, `$2` lies outside. */
function deleteWith(script: string, tree: string, outside: string): string {
  const all = `${script} && "$3" "$4" "$1"`;
  const args = ["sh", "-c", all, "sh", tree, outside, process.execPath, DELETER];
  const ran = spawnSync("unshare", [...namespaceFlags(), ...args], { encoding: "utf8" });
  expect(ran.stderr).toBe("");
  return ran.stdout.trim();
}

test("what is mounted in a tree is left as it is, also from the same file system, and all else goes", async () => {
  if (!requireTool("mount")) return;
  await using place = temporaryDirectory();
  const [tree, outside] = [join(place.path, "state/tree"), join(place.path, "outside")];
  mkdirSync(join(outside, "closed"), { recursive: true, mode: 0o500 });
  writeFileSync(join(outside, "keep.txt"), "keep");
  for (const name of ["a/b/mount\ned here", "a/c", "a/b/d"]) mkdirSync(join(tree, name), { recursive: true });
  for (const name of ["a/file", "a/b/file", "a/b/own", "top", "-rf", "a/b/mount"]) writeFileSync(join(tree, name), "x");
  // The state root may be reached through a link.
  symlinkSync(join(place.path, "state"), join(place.path, "link"));
  const script = `mount --bind "$2" "$1/a/b/mount\ned here" && mount --bind "$2/keep.txt" "$1/a/b/own"`;
  expect(deleteWith(script, join(place.path, "link/tree"), outside)).toBe("false");
  expect(readdirSync(tree, { recursive: true, encoding: "utf8" }).toSorted()).toEqual([
    "a",
    "a/b",
    "a/b/mount\ned here",
    "a/b/own",
  ]);
  expect(readdirSync(outside).toSorted()).toEqual(["closed", "keep.txt"]);
  expect(readFileSync(join(outside, "keep.txt"), "utf8")).toBe("keep");
  expect(statSync(join(outside, "closed")).mode & 0o777).toBe(0o500);
  // Nothing is mounted there any more.
  expect(await deleteTree(join(place.path, "link/tree"))).toBe(true);
  expect(readdirSync(join(place.path, "state"))).toEqual([]);
});

test("a tree that is a mount itself is left as it is", async () => {
  if (!requireTool("mount")) return;
  await using place = temporaryDirectory();
  const [tree, outside] = [join(place.path, "tree"), join(place.path, "outside")];
  mkdirSync(tree);
  mkdirSync(outside);
  writeFileSync(join(outside, "keep.txt"), "keep");
  expect(deleteWith('mount --bind "$2" "$1"', tree, outside)).toBe("false");
  expect(readdirSync(outside)).toEqual(["keep.txt"]);
});
