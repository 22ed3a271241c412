import { expect, test } from "vitest";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

test("a browser without a login is told what to run", async () => {
  const page = await visit({ signedIn: false });
  await page.goto(dispatcher.url);
  await expect(page.getByRole("heading", { name: "This browser is not signed in." })).toAppear();
  await expect(page.getByText("harness up")).toAppear();
});

test("the link signs in, and its code leaves the address and the history", async () => {
  const page = await visit({ signedIn: false });
  await page.goto(await dispatcher.link());
  await expect(page.getByText("live", { exact: true })).toAppear();
  expect(page.url()).toBe(`${dispatcher.url}/`);
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.reload();
  await expect(page.getByText("live", { exact: true })).toAppear();
});

test("the link is good for one browser", async () => {
  const link = await dispatcher.link();
  const [first, second] = [await visit({ signedIn: false }), await visit({ signedIn: false })];
  await first.goto(link);
  await expect(first.getByText("live", { exact: true })).toAppear();
  await second.goto(link);
  await expect(second.getByRole("alert").getByText("used or too old")).toAppear();
  expect(second.url()).not.toContain("code");
});

test("a fresh link in the same tab lets a signed-out browser in", async () => {
  const page = await visit({ signedIn: false });
  await page.goto(`${dispatcher.url}/#code=wrong`);
  await expect(page.getByRole("heading", { name: "This browser is not signed in." })).toAppear();
  await page.goto(await dispatcher.link());
  await expect(page.getByText("live", { exact: true })).toAppear();
});

test("a link to one session survives the login", async () => {
  const { id } = await dispatcher.spawn("Say hello", [[{ do: "say", text: "Hello.\n" }]]);
  const link = new URL(await dispatcher.link());
  const page = await visit({ signedIn: false });
  await page.goto(`${dispatcher.url}/session?id=${id}${link.hash}`);
  await expect(page.getByRole("heading", { level: 1, name: id })).toAppear();
});
