import { expect, test } from "vitest";
import { makeRepository } from "./repository.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

const set = (price: string) => [
  { do: "edit", path: "price.txt", write: `${price}\n` },
  { do: "commit", message: `Set ${price}` },
];

test("two sessions that collide are marked while they do, without a reload", async () => {
  const repository = makeRepository(dispatcher, "shop", { "price.txt": "10\n" }).path;
  const page = await visit();
  const up = await dispatcher.spawn("Raise it", [set("11")], { repository, branch: "price/up", name: "up" });
  const down = await dispatcher.spawn("Lower it", [set("9"), set("10")], {
    repository,
    branch: "price/down",
    name: "down",
  });
  const row = (id: string) => page.locator(`[data-session="${id}"]`);
  await expect(row(up.id).getByText("conflicts with price/down")).toAppear();
  await expect(row(down.id).getByText("conflicts with price/up")).toAppear();

  const own = await page.context().newPage();
  await own.goto(`${dispatcher.url}/session?id=${up.id}`);
  await expect(
    own
      .getByRole("region", { name: "Conflicts" })
      .getByText("price/down (down) and this branch changed the same lines: price.txt."),
  ).toAppear();

  await page.goto(`${dispatcher.url}/session?id=${down.id}`);
  await page.getByLabel("Prompt").fill("Set it back");
  await page.keyboard.press("Control+Enter");
  await page.goto(dispatcher.url);
  await expect(row(down.id).getByText("2 turns")).toAppear();
  await expect(row(up.id).getByText("conflicts with price/down")).toVanish();
  await expect(row(down.id).getByText("conflicts with price/up")).toVanish();
});
