import { expect, test } from "vitest";
import { kept } from "../../../test/kept.ts";
import { byteSize, contentsOf, restoreCommand, whyKept } from "./words.ts";

test("what is kept is told in a line, and what is not", () => {
  expect(contentsOf(kept())).toBe("nothing that was not merged");
  const facts = {
    commits: ["HEAD", "refs/heads/fix/x"],
    uncommitted: { modified: 1, untracked: 2 },
    ignored: { count: 4, names: [] },
  };
  expect(contentsOf(kept(facts))).toBe(
    "the commits of one branch, 1 changed and 2 new files not committed; without 4 that git ignores",
  );
  expect(whyKept(kept({ reason: "failed" }))).toBe("given up");
  expect(whyKept(kept({ problem: "Its hub is gone." }))).toBe("lost");
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1 kB"],
  [5 * 1024 ** 3, "5 GB"],
])("%i bytes are %s", (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});

test("the command can be pasted into a shell, whatever the branch is called", () => {
  expect(restoreCommand(kept(), "rescued/it")).toBe("harness salvage restore abcdefghij --branch rescued/it");
  expect(restoreCommand(kept(), "a'; rm -rf x")).toBe(`harness salvage restore abcdefghij --branch 'a'\\''; rm -rf x'`);
  expect(restoreCommand(kept({ commit: null }), "x")).toBe("harness salvage restore abcdefghij --to abcdefghij-files");
});
