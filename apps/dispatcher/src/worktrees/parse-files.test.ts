import { expect, test } from "vitest";
import { parseFiles } from "./parse-files.ts";

test("raw lines and counts of git become one record a file", () => {
  const z = (...fields: string[]) => Buffer.from(fields.map((field) => `${field}\0`).join(""));
  const [a, b] = ["a".repeat(40), "b".repeat(40)];
  const bytes = z(
    `:100644 100755 ${a} ${b} M`,
    "src/one.ts",
    `:000000 120000 ${a} ${b} A`,
    "odd\nname\t.txt",
    `:100644 100644 ${a} ${b} R090`,
    "old.txt",
    "new.txt",
    `:100644 000000 ${a} ${b} D`,
    "image.png",
    "3\t1\tsrc/one.ts",
    "1\t0\todd\nname\t.txt",
    "2\t2\t",
    "old.txt",
    "new.txt",
    "-\t-\timage.png",
  );
  expect(parseFiles(bytes)).toEqual([
    {
      path: "src/one.ts",
      from: null,
      status: "modified",
      added: 3,
      removed: 1,
      oldMode: "100644",
      newMode: "100755",
      oldOid: a,
      newOid: b,
    },
    {
      path: "odd\nname\t.txt",
      from: null,
      status: "added",
      added: 1,
      removed: 0,
      oldMode: "000000",
      newMode: "120000",
      oldOid: a,
      newOid: b,
    },
    {
      path: "new.txt",
      from: "old.txt",
      status: "renamed",
      added: 2,
      removed: 2,
      oldMode: "100644",
      newMode: "100644",
      oldOid: a,
      newOid: b,
    },
    {
      path: "image.png",
      from: null,
      status: "deleted",
      added: null,
      removed: null,
      oldMode: "100644",
      newMode: "000000",
      oldOid: a,
      newOid: b,
    },
  ]);
  expect(parseFiles(Buffer.alloc(0))).toEqual([]);
});
