import { execSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { tabThrough } from "./focus.ts";
import { makeRepository } from "./repository.ts";
import { add, openWorkStage } from "./work-stage.ts";

const { dispatcher, visit, shop, spawn, enqueue, settle, openMerge } = await openWorkStage({
  "price.txt": "10\n",
  "name.txt": "shop\n",
});
const gated = makeRepository(dispatcher, "gated", { "price.txt": "10\n" });

const tipOf = (branch: string) => shop.git("rev-parse", branch);

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

test("a list that cannot be read says so, keeps what it knows, and can be tried again", async () => {
  const id = await spawn("unheard", [add(".envrc", "echo hello\n")]);
  const item = await settle(id);
  onTestFinished(async () => void (await dispatcher.ask("POST", `/api/merges/${item.id}/cancel`)));
  const page = await visit();
  const problem = { title: "Storage lost", detail: "The state root is gone.", hint: "Bring it back.", status: 503 };
  const card = page.locator(`[data-merge="${item.id}"]`);
  await page.goto(`${dispatcher.url}/merges`);
  await expect(card).toAppear();
  await page.route("**/api/merges?all=1", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", json: problem }),
  );
  // Another way back to the list than by a reload, which would forget it.
  await dispatcher.stop();
  await dispatcher.start();
  const alert = page.getByRole("alert").filter({ hasText: "The state root is gone." });
  await expect(alert.getByText("Bring it back.")).toAppear();
  await expect(card).toAppear();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "The queue could not be read." })).toAppear();
  await expect(alert).toAppear();
  await expect(card).toVanish();
  const view = await openMerge(page, id);
  await expect(view.getByText("The state root is gone.")).toAppear();
  // Whenever its stream comes or goes the page asks by itself. Once it is there, and what it asked before is answered, nothing does.
  await expect(page.getByText("live", { exact: true })).toAppear();
  expect(await page.evaluate(() => fetch("/api/merges?all=1").then(({ status }) => status))).toBe(503);
  await page.unroute("**/api/merges?all=1");
  await view.getByRole("button", { name: "Try again" }).click();
  await expect(view.locator(`[data-merge="${item.id}"]`)).toAppear();
  await expect(alert).toVanish();
});

test("on the way to another session nothing of this one is left, and nothing can be done to it", async () => {
  const here = await spawn("here", [add("both.txt", "1\n")]);
  const there = await spawn("there", [add("both.txt", "2\n")]);
  const page = await visit();
  const view = await openMerge(page, here);
  await expect(page.getByRole("heading", { level: 1, name: "here" })).toAppear();
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route(`**/api/sessions/${there}`, async (route) => {
    await held;
    await route.continue();
  });
  await view.getByRole("link", { name: "Look at work/there (there)" }).click();
  await until(() => page.url().includes(`id=${there}`));
  await expect(page.getByRole("heading", { level: 1, name: "here" })).toVanish();
  expect(await page.getByRole("button").filter({ visible: true }).count()).toBe(0);
  go();
  await expect(page.getByRole("heading", { level: 1, name: "there" })).toAppear();
});

test("the way to the queue of a session in a linked worktree leads to its merges", async () => {
  const linked = join(dirname(shop.path), "linked");
  shop.git("worktree", "add", "-q", "-b", "side", linked);
  const facts = { name: "linked", repository: linked, branch: "work/linked" };
  const { id } = await dispatcher.spawn("Work in a linked one", [add("linked.txt", "x\n")], facts);
  await dispatcher.rested(id, 1);
  const item = await settle(id);
  const page = await visit();
  const view = await openMerge(page, id);
  await view.getByRole("link", { name: "The merge queue of shop" }).click();
  await expect(page.locator(`[data-merge="${item.id}"]`)).toAppear();
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
  const gate = `until test -e ${tools}/go; do sleep 0.1; done; test ! -e red.txt || { cat ${tools}/says; exit 1; }`;
  // Not every machine has a sandbox, and no gate runs without one that nobody asked to leave out.
  const settings = { defaults: { sandbox: "none" }, repositories: { [gated.path]: { gate, gateTools: [tools] } } };
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

  writeFileSync(join(tools, "says"), "the gate says no\n");
  writeFileSync(join(tools, "go"), "");
  await expect(card("green").getByText("merged", { exact: true })).toAppear();
  await expect(card("green").getByText(/gate passed in \d+ .+, without a sandbox/)).toAppear();
  await expect(card("red").getByText("gate failed", { exact: true })).toAppear();
  await expect(card("red").getByText("the gate says no", { exact: true })).toAppear();
  await expect(card("red").getByText(/harness merges --log /)).toAppear();
  await expect(page.getByRole("heading", { name: "No merge waits." })).toAppear();
  expect(gated.git("ls-tree", "--name-only", "main").split("\n")).toEqual(["green.txt", "price.txt"]);

  // What a session chose, and what its code printed, is text.
  const [branch, printed] = ["work/<img/src=x/onerror=alert(1)>", "<script>alert(2)</script>"];
  const { id } = await dispatcher.spawn("Be hostile", [add("red.txt", "x\n")], {
    name: "hostile",
    repository: gated.path,
    branch,
  });
  await dispatcher.rested(id, 1);
  writeFileSync(join(tools, "says"), `${printed} \u202Egnp.exe \u001B[31mred\n`);
  await enqueue(id);
  const hostile = page.locator("article").filter({ has: page.getByRole("link", { name: branch }) });
  await expect(hostile.getByText("gate failed", { exact: true })).toAppear();
  const text = await hostile.innerText();
  for (const part of [branch, printed, "u{202e}gnp.exe", "u{1b}[31mred"]) expect(text).toContain(part);
  expect(await page.locator("main :is(img, iframe, style, script)").count()).toBe(0);
  await page.goto(`${dispatcher.url}/session?id=${id}&view=merge`);
  await expect(page.getByRole("article").getByText(branch)).toAppear();
  expect(await page.locator("main :is(img, iframe, style, script)").count()).toBe(0);
  await page.goto(`${dispatcher.url}/merges`);

  await page.getByRole("link", { name: "gated" }).click();
  await expect(card("green")).toAppear();
  await until(() => new URL(page.url()).searchParams.get("repository") === gated.path);
  expect(await page.getByRole("article").count()).toBe(4);
});
