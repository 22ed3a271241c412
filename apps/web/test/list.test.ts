import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

test("an empty root shows the one command to try", async () => {
  const page = await visit();
  await expect(page.getByRole("heading", { name: "No sessions yet." })).toAppear();
  await expect(page.getByText("harness spawn")).toAppear();
});

test("a session appears, works and comes to rest without a reload", async () => {
  const page = await visit();
  await expect(page.getByRole("heading", { name: "No sessions yet." })).toAppear();
  const { id } = await dispatcher.spawn(
    "Count to three",
    [
      [
        { do: "say", text: "one, two\n" },
        { do: "wait", file: "go" },
        { do: "say", text: "three\n" },
      ],
    ],
    { name: "counter", labels: { demo: "feature" } },
  );
  const row = page.locator(`[data-session="${id}"]`);
  await expect(row.getByText("working", { exact: true })).toAppear();
  await expect(row.getByRole("heading", { name: "counter" })).toAppear();
  await expect(row.getByText("Count to three")).toAppear();
  await expect(row.getByText("one, two")).toAppear();
  await expect(row.getByText("demo: feature")).toAppear();
  await expect(page.getByRole("heading", { name: "One session at work. Nothing needs you." })).toAppear();

  await writeFile(join(dispatcher.home, "sessions", id, "home/work/go"), "");
  await expect(row.getByText("idle", { exact: true })).toAppear();
  await expect(row.getByText("three", { exact: true })).toAppear();
  await expect(row.getByText("1 turn")).toAppear();
  await expect(page.getByRole("heading", { name: "All quiet. One session at rest." })).toAppear();
});

test("what needs the person comes first, is counted and is said in the tab", async () => {
  await dispatcher.spawn("Ask something", [[{ do: "ask", text: "Left or right?" }]], { name: "asker" });
  const page = await visit();
  await expect(page.getByRole("heading", { name: "One session needs you." })).toAppear();
  expect(await page.locator("li h3 a").allTextContents()).toEqual(["asker", "counter"]);
  await expect(page.locator("li", { hasText: "asker" }).getByText("Left or right?")).toAppear();
  await until(async () => (await page.title()) === "(1) Harness");
  expect(await page.getByRole("list", { name: "Sessions per badge" }).innerText()).toMatch(/needs you\s+1\s+idle\s+1/);
});

test("a badge picks out its sessions, and the address remembers it", async () => {
  const page = await visit();
  await page.getByRole("button", { name: "idle 1" }).click();
  await expect(page.locator("li", { hasText: "asker" })).toVanish();
  expect(page.url()).toBe(`${dispatcher.url}/?badge=idle`);
  await page.reload();
  await expect(page.locator("h3", { hasText: "counter" })).toAppear();
  await page.getByRole("button", { name: "idle 1", pressed: true }).click();
  await expect(page.locator("h3", { hasText: "asker" })).toAppear();
});

test("all tabs share one stream, and the next takes over when the first goes", async () => {
  const first = await visit();
  const streams: string[] = [];
  first.context().on("request", (request) => request.url().endsWith("/api/events") && streams.push(request.url()));
  await first.reload();
  await expect(first.getByText("live", { exact: true })).toAppear();
  const second = await first.context().newPage();
  await second.goto(dispatcher.url);
  await expect(second.getByText("live", { exact: true })).toAppear();
  expect(streams).toHaveLength(1);

  await dispatcher.spawn("Be seen twice", [[]], { name: "twice" });
  await Promise.all([first, second].map((page) => page.locator("h3", { hasText: "twice" }).waitFor()));
  await first.close();
  await until(() => streams.length === 2);
  await dispatcher.spawn("Be seen by the heir", [[]], { name: "heir" });
  await expect(second.locator("h3", { hasText: "heir" })).toAppear();
});

test("a dispatcher that went away is found again, and what changed meanwhile is shown", async () => {
  await dispatcher.spawn("Outlive the break", [[]], { name: "outliver" });
  const page = await visit();
  const phone = await visit({ viewport: { width: 360, height: 780 } });
  const topOfPhone = () => phone.getByRole("main").evaluate((main) => main.getBoundingClientRect().top);
  const before = await topOfPhone();
  await dispatcher.stop();
  await expect(page.getByText("reconnecting", { exact: true })).toAppear();
  await expect(phone.getByText("offline", { exact: true })).toAppear();
  // Nothing is pushed away from under a finger.
  expect(await topOfPhone()).toBe(before);
  await expect(page.locator("h3", { hasText: "outliver" })).toAppear();
  await dispatcher.start();
  await expect(page.getByText("live", { exact: true })).toAppear();
  await dispatcher.spawn("Come after the break", [[]], { name: "later" });
  await expect(page.locator("h3", { hasText: "later" })).toAppear();
});

test("a session without a sandbox says so in red, before its first turn and after", async () => {
  const { id } = await dispatcher.spawn("Run as I do", [[{ do: "wait", file: "go" }]], { sandbox: "none" });
  const page = await visit();
  const mark = page.locator(`[data-session="${id}"]`).getByText("no sandbox", { exact: true });
  await expect(mark).toAppear();
  const [red = 0, green = 0, blue = 0] = await mark.evaluate((element) => {
    const context = document.createElement("canvas").getContext("2d");
    if (context === null) throw new Error("This browser paints nothing.");
    context.fillStyle = getComputedStyle(element).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  });
  expect(red).toBeGreaterThan(Math.max(green, blue) * 1.4);
  await writeFile(join(dispatcher.home, "sessions", id, "home/work/go"), "");
});

test("a session whose sandbox was never tested says so", async () => {
  const { id } = await dispatcher.spawn("Run on a Mac", [[]]);
  await dispatcher.rested(id, 1);
  await dispatcher.ask("POST", `/api/sessions/${id}/stop`);
  await until(async () => !(await dispatcher.session(id)).alive, { what: "its process ends", timeoutMs: 20_000 });
  // As the agent process of a Mac writes it.
  const path = join(dispatcher.home, "sessions", id, "status.json");
  const status = JSON.parse(await readFile(path, "utf8")) as object;
  await writeFile(path, JSON.stringify({ ...status, sandbox: "seatbelt" }));
  const page = await visit();
  const row = page.locator(`[data-session="${id}"]`);
  await expect(row.getByText("sandbox not tested", { exact: true })).toAppear();
});
