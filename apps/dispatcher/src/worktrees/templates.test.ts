import { expect, test } from "vitest";
import { chooseOld, hubOfTemplate, templateName } from "./templates.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

test.each([
  [`app-0123456789ab.worktree-${COMMIT}`, "app-0123456789ab.git"],
  [`app-0123456789ab.worktree-${COMMIT}${COMMIT.slice(0, 24)}`, "app-0123456789ab.git"],
  [`odd.worktree-x-0123456789ab.worktree-${COMMIT}`, "odd.worktree-x-0123456789ab.git"],
  ["app-0123456789ab.git", null],
  [".new-0123456789ab", null],
  [`app-0123456789ab.worktree-${COMMIT.slice(1)}`, null],
  [`.worktree-${COMMIT}`, null],
])("the name %s belongs to the hub %s", (name, hub) => {
  expect(hubOfTemplate(name)).toBe(hub);
});

test("a template is found by its name again", () => {
  expect(hubOfTemplate(templateName("app-0123456789ab.git", COMMIT))).toBe("app-0123456789ab.git");
});

test.each([
  [[], 2, []],
  [[["a", 1]], 2, []],
  [
    [
      ["a", 1],
      ["b", 3],
      ["c", 2],
    ],
    2,
    ["a"],
  ],
  [
    [
      ["a", 1],
      ["b", 3],
      ["c", 2],
    ],
    0,
    ["b", "c", "a"],
  ],
  [
    [
      ["b", 1],
      ["a", 1],
      ["c", 1],
    ],
    1,
    ["b", "c"],
  ],
] as [[string, number][], number, string[]][])("of %j the newest %i stay", (all, kept, gone) => {
  expect(
    chooseOld(
      all.map(([path, madeMs]) => ({ path, madeMs })),
      kept,
    ),
  ).toEqual(gone);
});
