import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

test("every page names its tab, whichever way one comes to it", async () => {
  const page = await visit();
  const isCalled = (title: string) =>
    until(async () => (await page.title()) === title, { what: `the tab is ${title}` });
  for (const name of ["Merges", "Salvage"]) {
    await page.goto(`${dispatcher.url}/${name.toLowerCase()}`);
    await expect(page.getByText("live", { exact: true })).toAppear();
    expect(await page.title()).toBe(`${name} · Harness`);
  }
  await page.getByRole("link", { name: "Merges" }).click();
  await isCalled("Merges · Harness");
  await page.goBack();
  await isCalled("Salvage · Harness");
  await page.goto(`${dispatcher.url}/nowhere`);
  await isCalled("There is no such page · Harness");
});

test("a tab that one comes back to says again who waits", async () => {
  const { id } = await dispatcher.spawn("Ask something", [[{ do: "ask", text: "Left or right?" }]], { name: "asker" });
  const page = await visit();
  const isCalled = (title: string) =>
    until(async () => (await page.title()) === title, { what: `the tab is ${title}` });
  await isCalled("(1) Harness");
  await page.locator(`[data-session="${id}"]`).getByRole("link").click();
  await isCalled("(1) asker · Harness");
  await page.getByRole("link", { name: "Merges" }).click();
  await isCalled("Merges · Harness");
  await page.getByRole("link", { name: "Harness", exact: true }).click();
  await expect(page.getByRole("heading", { name: "One session needs you." })).toAppear();
  await isCalled("(1) Harness");
});

test("a browser that is not signed in is told so in its tab too", async () => {
  const page = await visit({ signedIn: false });
  await page.goto(dispatcher.url);
  await until(async () => (await page.title()) === "This browser is not signed in · Harness");
});
