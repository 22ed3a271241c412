import { expect, test } from "vitest";
import { commit, makeRepository, say, write } from "./repository.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();
const shop = makeRepository(dispatcher, "shop", { "price.txt": "10\n" });

test("what a removed session leaves is listed, and comes back on a branch", async () => {
  const { id } = await dispatcher.spawn(
    "Lower it",
    [
      [
        write("price.txt", "9\n"),
        commit("Lower it"),
        write("<b>draft</b>\u202E.txt".replaceAll("/", "_"), "x\n"),
        say("Done."),
      ],
    ],
    { repository: shop.path, branch: "price/down", name: "down" },
  );
  await dispatcher.rested(id, 1);
  await dispatcher.ask("DELETE", `/api/sessions/${id}`);

  const page = await visit();
  await page.getByRole("link", { name: "Salvage" }).click();
  await expect(page.getByRole("heading", { name: "One session’s work is kept." })).toAppear();
  const card = page.locator(`[data-salvage="${id}"]`);
  await expect(card.getByText("removed", { exact: true })).toAppear();
  await expect(card.getByText("The commits of one branch, 1 new file not committed")).toAppear();
  await card.getByRole("button", { name: "Show its files" }).click();
  await expect(card.getByRole("list", { name: "Files" }).getByText("price.txt")).toAppear();
  expect(await card.getByRole("list", { name: "Files" }).innerText()).toContain("<b>draft<_b>U+202E.txt");

  await card.getByLabel("Onto a new branch").fill("rescued/it");
  await expect(card.getByText(`harness salvage restore ${id} --branch rescued/it`)).toAppear();
  await card.getByRole("button", { name: "Restore" }).click();
  await expect(card.getByText(/^rescued\/it of .* has the work of session/)).toAppear();
  expect(shop.git("show", "rescued/it:price.txt")).toBe("9");
  expect(shop.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");

  await card.getByRole("button", { name: "Restore" }).click();
  await expect(card.getByRole("alert").getByText("has a branch rescued/it already")).toAppear();
});

test("without anything kept the page says what it is for", async () => {
  const page = await visit();
  await page.route("**/api/salvage", (route) => route.fulfill({ json: [] }));
  await page.goto(`${dispatcher.url}/salvage`);
  await expect(page.getByRole("heading", { name: "Nothing is kept." })).toAppear();
});
