import { expect, test } from "vitest";
import { findMistakes, type Checkout } from "./find-mistakes.ts";
import { readMarkdown } from "./read-markdown.ts";

function mistakesIn(source: string, path = "docs/page.md"): string[] {
  const existing = new Set([
    "packages/core/src/ids.ts",
    "packages/core",
    "docs/other.md",
    "AGENTS.md",
    "README.md",
    path,
  ]);
  const checkout: Checkout = {
    exists: (glob) => existing.has(glob),
    pages: new Map([
      [path, readMarkdown(source)],
      ["docs/other.md", readMarkdown("# Known\n")],
    ]),
    commands: { harness: new Set(["ps"]), pnpm: new Set(["check"]) },
  };
  return findMistakes(path, checkout);
}

test("a page that tells the truth has no mistakes", () => {
  expect(
    mistakesIn(
      "# Here\n`packages/core/src/ids.ts` `packages/core/src/ids.ts:12` `session.json` `inbox/<name>.msg` `AGENTS.md`\n" +
        "[o](other.md#known) [h](#here) [w](https://example.org/x) [r](../README.md)\n" +
        "`harness ps --json` `harness-agent --help` `pnpm check` `npx -y pnpm@12 check` `pnpm install`\n" +
        "```sh\n$ harness ps && harness ps | head\n```\n",
    ),
  ).toEqual([]);
});

test.for([
  [
    "a path that is gone",
    "see `packages/core/src/gone.ts`",
    "docs/page.md:1: `packages/core/src/gone.ts` does not exist.",
  ],
  ["a page that is gone", "see `SECURITY.md`", "docs/page.md:1: `SECURITY.md` does not exist."],
  ["a link that leads nowhere", "\n[a](gone.md)", "docs/page.md:2: the link gone.md leads nowhere."],
  [
    "a heading that is gone",
    "[a](other.md#gone)",
    "docs/page.md:1: the link other.md#gone names a heading that docs/other.md does not have.",
  ],
  ["a link out of the checkout", "[a](../../x.md)", "docs/page.md:1: the link ../../x.md leaves the checkout."],
  ["a command that is gone", "`harness fly`", 'docs/page.md:1: harness has no "fly".'],
  [
    "a command in a shell block",
    "```sh\nX=1 apps/dispatcher/bin/harness fly now\n```",
    'docs/page.md:2: harness has no "fly".',
  ],
  ["a script that is gone", "`npx -y pnpm@12 fly`", 'docs/page.md:1: pnpm has no "fly".'],
] as const)("%s is a mistake", ([, source, mistake]) => {
  expect(mistakesIn(source)).toEqual([mistake]);
});

test("a package's own page may cite paths from its own folder", () => {
  expect(mistakesIn("`src/ids.ts` `src/gone.ts`", "packages/core/README.md")).toEqual([
    "packages/core/README.md:1: `src/gone.ts` does not exist.",
  ]);
});
