import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pickTags, quote, writeGitDirectory } from "./git-directory.ts";
import { openLab } from "./testing/lab.ts";

test("of a packed-refs file the tags are taken, with what an annotated tag stands for", () => {
  const head = "# pack-refs with: peeled fully-peeled sorted";
  const oid = (letter: string) => letter.repeat(40);
  const lines = [
    head,
    `${oid("a")} refs/heads/main`,
    `${oid("b")} refs/tags/v1`,
    `^${oid("c")}`,
    `${oid("d")} refs/tags/v2`,
  ];
  expect(pickTags(`${lines.join("\n")}\n`)).toBe(`${oid("b")} refs/tags/v1\n^${oid("c")}\n${oid("d")} refs/tags/v2\n`);
  expect(pickTags(`${oid("a")} refs/heads/main\n^${oid("c")}\n`)).toBe("");
});

test.each(["plain", 'with "quotes" and \\ backslash', "semi;colon # hash", " spaces ", "tab\tand\nline"])(
  "git reads %j as it was written",
  async (name) => {
    await using lab = openLab();
    const place = join(lab.path, "made", ".git");
    const email = "a@b";
    await writeGitDirectory(place, {
      objectFormat: "sha1",
      borrow: join(lab.source, ".git/objects"),
      branch: "x",
      refs: new Map(),
      identity: { name, email },
    });
    const read = execFileSync("git", ["config", "--null", "user.name"], {
      cwd: join(lab.path, "made"),
      encoding: "utf8",
    });
    expect(read).toBe(`${name}\0`);
    expect(quote(name).startsWith('"')).toBe(true);
  },
);
