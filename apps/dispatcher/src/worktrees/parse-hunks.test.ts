import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { diffSession } from "./diff.ts";
import type { FileChange } from "./parse-files.ts";
import { parseHunks } from "./parse-hunks.ts";
import { edited, openLab } from "./testing/lab.ts";

const oid = "a".repeat(40);
const file = (path: string, status: FileChange["status"] = "modified"): FileChange => {
  return {
    path,
    from: null,
    status,
    added: 1,
    removed: 1,
    oldMode: "100644",
    newMode: "100644",
    oldOid: oid,
    newOid: oid,
  };
};

test("every line of a hunk has its numbers on both sides", () => {
  const patch =
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -3,3 +3,4 @@ function f() {\n a\n-b\n+B\n+\n c\n\\ No newline at end of file\n";
  expect(parseHunks(patch, [file("x")])).toEqual([
    {
      cut: false,
      hidden: false,
      hunks: [
        {
          oldStart: 3,
          oldLines: 3,
          newStart: 3,
          newLines: 4,
          heading: "function f() {",
          lines: [
            { kind: "context", old: 3, new: 3, text: "a" },
            { kind: "removed", old: 4, new: null, text: "b" },
            { kind: "added", old: null, new: 4, text: "B" },
            { kind: "added", old: null, new: 5, text: "" },
            { kind: "context", old: 5, new: 6, text: "c" },
          ],
        },
      ],
    },
  ]);
});

test.each([
  ["too many lines", { lines: 2, characters: 100 }, 2],
  ["a line that is too long", { lines: 100, characters: 3 }, 3],
])("%s: what is kept is bounded, and says that it is not whole", (_, limits, kept) => {
  const patch = "diff --git a/x b/x\n@@ -0,0 +1,3 @@\n+1\n+12345\n+3\n";
  const [found] = parseHunks(patch, [file("x")], limits);
  expect(found).toMatchObject({ cut: true });
  expect(found?.hunks[0]?.lines).toHaveLength(kept);
});

test("a patch that ends early leaves the later files without lines, and says so", () => {
  const patch = "diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\ndiff --git a/y b/y\n@@ -1,2 +1,2 @@\n-a\n";
  expect(parseHunks(patch, [file("x"), file("y"), file("z")]).map(({ cut }) => cut)).toEqual([false, true, true]);
});

test("each file of a real diff has its own lines, whatever their content pretends to be", async () => {
  await using lab = openLab();
  lab.commit(lab.source, { "link.txt": "1\n2\n", "old name.txt": "a\nb\nc\nd\ne\nf\n" });
  await lab.session("one");
  const place = lab.worktree("one");
  lab.write(place, {
    "a.txt": "diff --git a/x b/x\n@@ -1 +1 @@\n--- a/x\n+++ b/x\n",
    "odd\nname\u202e.txt": "x\n",
    "shared.txt": edited({ 3: "three", 28: "twenty eight" }),
    "esc.txt": "plain\n\u001b[31mred\n",
    "windows.txt": "one\r\n\ttwo\r\n",
  });
  writeFileSync(join(place, "binary.bin"), Buffer.from([0, 1, 2]));
  rmSync(join(place, "link.txt"));
  symlinkSync("shared.txt", join(place, "link.txt"));
  lab.git(place, "mv", "old name.txt", "new name.txt");
  const { files, to } = await diffSession(lab.context, { id: "one" });
  const seen = files.map(({ path, hunks, cut, hidden }) => {
    const lines = hunks.flatMap((hunk) => hunk.lines).filter(({ kind }) => kind !== "context");
    return [path, lines.map((line) => `${line.old ?? ""}>${line.new ?? ""} ${line.text}`), cut, hidden];
  });
  expect(seen).toEqual([
    ["a.txt", [">1 diff --git a/x b/x", ">2 @@ -1 +1 @@", ">3 --- a/x", ">4 +++ b/x"], false, false],
    ["binary.bin", [], false, false],
    ["esc.txt", [">1 plain", ">2 \u001b[31mred"], false, true],
    ["link.txt", ["1> 1", "2> 2", ">1 shared.txt"], false, false],
    ["new name.txt", [], false, false],
    ["odd\nname\u202e.txt", [">1 x"], false, true],
    ["shared.txt", ["3> line 3", ">3 three", "28> line 28", ">28 twenty eight"], false, false],
    ["windows.txt", [">1 one\r", ">2 \ttwo\r"], false, false],
  ]);
  expect(to).toMatch(/^[0-9a-f]{40}$/);
  const shared = files.find(({ path }) => path === "shared.txt");
  expect(shared?.newOid).toBe(lab.git(place, "hash-object", "shared.txt"));
});
