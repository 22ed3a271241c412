import type { Page } from "playwright-core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { overflow } from "./legibility.ts";
import { commit, say, write } from "./repository.ts";
import { openWorkStage } from "./work-stage.ts";

const { dispatcher, visit, spawn, changesOf } = await openWorkStage({
  "price.txt": "one\ntwo\nthree\nfour\n",
  "gone.txt": "was here\n",
  "old-name.txt": "a\nb\nc\nd\ne\n",
});

const fileOf = (page: Page, path: string) =>
  page.getByRole("article").filter({ has: page.getByText(path, { exact: true }) });

test("what a session changed is there line by line, and what no commit has is marked", async () => {
  await spawn("reader", [
    [
      write("price.txt", "one\n2\nthree\nfour\n"),
      { do: "run", command: "rm gone.txt && mv old-name.txt new-name.txt && printf x > tool.sh && chmod +x tool.sh" },
      commit("Change prices"),
      write("price.txt", "one\n2\nthree\n4\n"),
      write("draft.txt", "not yet\n"),
      say("Done."),
    ],
  ]);
  const page = await visit();
  await page.getByRole("link", { name: "reader" }).click();
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await expect(page.getByRole("heading", { name: /^5 files changed/ })).toAppear();
  await expect(page.getByText("Not committed: 1 changed and 1 new file. A merge does not bring that.")).toAppear();

  const price = fileOf(page, "price.txt");
  const rows = (await price.locator("li").allInnerTexts()).map((row) => row.replace(/\s+/g, " ").trim());
  expect(rows).toEqual(["1 1 one", "2 − two", "2 + 2", "3 3 three", "4 − four", "4 + 4"]);
  await expect(price.getByText("not committed", { exact: true })).toAppear();
  await expect(fileOf(page, "draft.txt").getByText("untracked", { exact: true })).toAppear();
  await expect(fileOf(page, "gone.txt").getByText("deleted", { exact: true })).toAppear();
  await expect(fileOf(page, "tool.sh").getByText("can be run", { exact: true })).toAppear();
  const renamed = fileOf(page, "new-name.txt");
  await expect(renamed.getByText("renamed", { exact: true })).toAppear();
  await expect(renamed.getByText("No line differs.")).toAppear();
  expect(await price.getByText("not committed", { exact: true }).count()).toBe(1);
  expect(await fileOf(page, "gone.txt").getByText("not committed", { exact: true }).count()).toBe(0);

  await page.getByRole("link", { name: /^against/ }).click();
  await until(() => page.url().endsWith("against=target"));
  await expect(page.getByRole("heading", { name: /^5 files changed/ })).toAppear();
});

test("the line numbers of a file are one stop of the Tab key, wherever the focus was", async () => {
  const id = await spawn("stops", [[write("price.txt", "1\n2\n3\n4\n5\n6\n"), say("Done.")]]);
  const page = await visit();
  await page.goto(changesOf(id));
  const lines = page.getByRole("group", { name: "Lines of price.txt" });
  const stops = () => lines.locator('[data-line][tabindex="0"]').evaluateAll((all) => all.map((one) => one.ariaLabel));
  await expect(lines).toAppear();
  expect(await stops()).toHaveLength(1);
  const fifth = page.getByRole("button", { name: "Comment on line 5, added" });
  await fifth.click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await until(async () => (await stops()).join() === "Comment on line 6, added");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.ariaLabel)).toBe("Comment on line 6, added");
});

test("a name that is longer than a line is whole below it, and no button is in another", async () => {
  const name = `${"long/".repeat(70)}name.txt`;
  const id = await spawn("longname", [[write(name, "x\n"), say("Done.")]]);
  const page = await visit();
  await page.goto(changesOf(id));
  const card = page.getByRole("article");
  await expect(card.getByRole("button", { name: "58 more characters" })).toAppear();
  expect(await page.locator("button button, button a, a button").count()).toBe(0);
  await card.getByRole("button", { name: "58 more characters" }).click();
  await expect(card.getByText(name, { exact: true })).toAppear();
});

test("a long diff is folded, and says where it is cut", async () => {
  const id = await spawn("long", [
    [
      { do: "run", command: "seq 1 1200 > long.txt; seq 1 25000 > longer.txt; printf 'a\\0b' > picture.bin" },
      write("brief.txt", "brief\n"),
      say("Done."),
    ],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  await expect(fileOf(page, "brief.txt").getByText("brief", { exact: true })).toAppear();
  await expect(page.getByText("Not every line is here: the diff is too long.")).toAppear();
  await expect(fileOf(page, "picture.bin").getByText("Not text: there are no lines to show.")).toAppear();
  const long = fileOf(page, "long.txt");
  expect(await long.locator("li").count()).toBe(0);
  await long.getByRole("button", { expanded: false }).click();
  await until(async () => (await long.locator("li").count()) === 500);
  await long.getByRole("button", { name: "Show more: 700 lines are left" }).click();
  await until(async () => (await long.locator("li").count()) === 1000);
  const longer = fileOf(page, "longer.txt");
  await longer.getByRole("button", { expanded: false }).click();
  await expect(longer.getByText(/^Cut: the diff/)).toAppear();
});

test("names and contents of a session are text, whatever they say", async () => {
  const name = "<img src=x onerror=alert(1)>\u202Egnp.txt";
  const lines = ["<script>alert(2)</script>", "if (admin\u2066) {", "W".repeat(3000), "\u001B[31mred\r"];
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const id = await spawn("hostile", [
    [
      { do: "run", command: `printf '%s\\n' ${lines.map(quoted).join(" ")} > ${quoted(name)}` },
      { do: "run", command: "mkdir -p .github/workflows && echo 'on: push' > .github/workflows/x.yml" },
      commit("Add\u202E it"),
      say("Done."),
    ],
  ]);
  for (const width of [360, 1600]) {
    const page = await visit({ viewport: { width, height: 900 } });
    for (const view of ["changes", "merge"]) {
      await page.goto(`${dispatcher.url}/session?id=${id}&view=${view}`);
      const main = page.getByRole("region", { name: view === "changes" ? "Changes" : "Merge" });
      await expect(main.getByText("<img src=x onerror=alert(1)>").filter({ visible: true }).first()).toAppear();
      expect(await main.innerText()).toContain("U+202E");
      expect(await page.locator("main :is(img, iframe, style, script)").count()).toBe(0);
      expect(await overflow(page)).toBe(0);
    }
    await page.goto(changesOf(id));
    await expect(page.locator("code", { hasText: "<script>alert(2)</script>" })).toAppear();
    await expect(page.getByText("hidden characters", { exact: true })).toAppear();
    expect(await page.getByRole("region", { name: "Changes" }).innerText()).toMatch(/U\+2066[\s\S]*ESC/);
  }
});
