import type { Page } from "playwright-core";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { overflow } from "./legibility.ts";
import { commit, makeRepository, say, write } from "./repository.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();
const shop = makeRepository(dispatcher, "shop", {
  "price.txt": "one\ntwo\nthree\nfour\n",
  "gone.txt": "was here\n",
  "old-name.txt": "a\nb\nc\nd\ne\n",
});

async function spawn(name: string, turns: Parameters<typeof dispatcher.spawn>[1]): Promise<string> {
  const { id } = await dispatcher.spawn(`Work on ${name}`, turns, {
    name,
    repository: shop.path,
    branch: `work/${name}`,
  });
  await dispatcher.rested(id, 1);
  return id;
}

const changesOf = (id: string) => `${dispatcher.url}/session?id=${id}&view=changes`;
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

test("comments on several lines reach the session as one message", async () => {
  const id = await spawn("reviewed", [
    [write("price.txt", "one\n2\nthree\nfour\nfive\n"), commit("Change prices"), say("Done.")],
    [say("I will look at it.")],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  await page.getByRole("button", { name: "Comment on line 2, added" }).click();
  await page.getByRole("textbox", { name: "Comment on line 2" }).fill("Spell it out.");
  await page.getByRole("button", { name: "Keep comment" }).click();
  // From here on with the keyboard alone: the focus is on the line again.
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Who asked for five?");
  await page.keyboard.press("Control+Enter");
  const review = page.getByRole("region", { name: "Review" });
  await expect(review.getByText("2 comments")).toAppear();

  // They outlive a look at the log.
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await review.getByLabel("2 comments").fill("Nearly there.");
  await review.getByRole("button", { name: "Send as one message" }).click();
  await expect(page.getByText("2 comments sent as one message.")).toAppear();
  await expect(review).toVanish();

  await dispatcher.rested(id, 2);
  type Sent = { message: { kind: string; body: { text: string } } | null }[];
  const inbox = await dispatcher.ask<Sent>("GET", `/api/sessions/${id}/messages?box=inbox`);
  const reviews = inbox.flatMap(({ message }) =>
    message?.body.text.startsWith("Review of") ? [message.body.text] : [],
  );
  expect(reviews).toHaveLength(1);
  for (const part of ["Nearly there.", "price.txt:2\n2", "Spell it out.", "price.txt:5\nfive", "Who asked for five?"])
    expect(reviews[0]).toContain(part);
  await page.getByRole("link", { name: "Its log" }).click();
  await expect(page.getByRole("log").getByText("I will look at it.")).toAppear();
});

test("a comment on what has changed since it was read is refused, kept, and set apart", async () => {
  const id = await spawn("moving", [
    [write("price.txt", "one\n2\nthree\nfour\n"), say("Done.")],
    [write("price.txt", "one\n22\nthree\nfour\n"), say("Done again.")],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  await page.getByRole("button", { name: "Comment on line 2, added" }).click();
  await page.keyboard.type("Why?");
  await page.keyboard.press("Control+Enter");
  await dispatcher.ask("POST", `/api/sessions/${id}/messages`, { kind: "prompt", body: { text: "Go on" } });
  await dispatcher.rested(id, 2);
  await expect(page.getByText("It has worked since.")).toAppear();
  const review = page.getByRole("region", { name: "Review" });
  await review.getByRole("button", { name: "Send as one message" }).click();
  await expect(review.getByRole("alert").getByText("has changed since it was read. Nothing was sent.")).toAppear();

  await page.getByRole("button", { name: "Read again" }).click();
  await expect(review.getByText("The file has changed since: these are not sent.")).toAppear();
  await expect(page.locator("code", { hasText: /^22$/ })).toAppear();
  await review.getByRole("button", { name: "Remove" }).click();
  await expect(review).toVanish();
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
