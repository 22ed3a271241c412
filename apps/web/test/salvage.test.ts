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

test("what is kept appears while somebody looks, and stays where it cannot be read again", async () => {
  const spawn = async (name: string) => {
    const steps = [write(`${name}.txt`, "x\n"), commit("Add it"), say("Done.")];
    const facts = { repository: shop.path, branch: `work/${name}`, name };
    const { id } = await dispatcher.spawn(`Work on ${name}`, [steps], facts);
    await dispatcher.rested(id, 1);
    return id;
  };
  const [first, second] = [await spawn("first"), await spawn("second")];
  const page = await visit();
  await page.goto(`${dispatcher.url}/salvage`);
  const card = (id: string) => page.locator(`[data-salvage="${id}"]`);
  await expect(page.getByRole("heading", { level: 1 })).toAppear();
  await dispatcher.ask("DELETE", `/api/sessions/${first}`);
  await expect(card(first)).toAppear();
  await card(first).getByRole("button", { name: "Show its files" }).click();
  await expect(card(first).getByText("1 file differs from where it began")).toAppear();

  const problem = { title: "Storage lost", detail: "The state root is gone.", hint: "Bring it back.", status: 503 };
  await page.route("**/api/salvage", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", json: problem }),
  );
  await dispatcher.ask("POST", `/api/sessions/${second}/archive`);
  const alert = page.getByRole("alert").filter({ hasText: "The state root is gone." });
  await expect(alert).toAppear();
  await expect(card(first)).toAppear();
  await page.unroute("**/api/salvage");
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(card(second)).toAppear();
  await expect(alert).toVanish();
});

test("without anything kept the page says what it is for", async () => {
  const page = await visit();
  await page.route("**/api/salvage", (route) => route.fulfill({ json: [] }));
  await page.goto(`${dispatcher.url}/salvage`);
  await expect(page.getByRole("heading", { name: "Nothing is kept." })).toAppear();
});
