import { expect, test } from "vitest";
import { readMarkdown } from "./read-markdown.ts";

test("headings become the anchors that GitHub gives them", () => {
  const { anchors } = readMarkdown(
    "# Two sessions, side by side\n## `harness ps`\n## Notes\n## Notes\n## See [this](there.md)!\n",
  );
  expect([...anchors]).toEqual(["two-sessions-side-by-side", "harness-ps", "notes", "notes-1", "see-this"]);
});

test("links are found in prose, in HTML and in references, with their lines", () => {
  const { links } = readMarkdown('[a](docs/a.md) ![b](b.png "title")\n<img src="c.png">\n[d]: d.md#x\n');
  expect(links).toEqual([
    { text: "docs/a.md", line: 1 },
    { text: "b.png", line: 1 },
    { text: "c.png", line: 2 },
    { text: "d.md#x", line: 3 },
  ]);
});

test("nothing in a fence is prose, and only shell fences are commands", () => {
  const { links, spans, shellLines, anchors } = readMarkdown(
    "```sh\n# not a heading\nharness ps\n```\n```ts\nconst a = `[x](y)`;\n```\nthen `packages/core`\n",
  );
  expect(shellLines).toEqual([
    { text: "# not a heading", line: 2 },
    { text: "harness ps", line: 3 },
  ]);
  expect(links).toEqual([]);
  expect(anchors.size).toBe(0);
  expect(spans).toEqual([{ text: "packages/core", line: 8 }]);
});

test("a longer fence holds shorter ones", () => {
  expect(readMarkdown("````md\n```sh\nharness gone\n```\n````\n").shellLines).toEqual([]);
});
