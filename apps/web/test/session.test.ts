import { until } from "@harness/core/testing";
import { expect, test } from "vitest";
import { tabThrough } from "./focus.ts";
import { openStage } from "./stage.ts";

const say = (text: string) => ({ do: "say", text });
const yesOrNo = [
  { id: "yes", label: "Yes, do it" },
  { id: "no", label: "No" },
];

const { dispatcher, visit } = await openStage();

test("its page opens from the list and shows facts and log", async () => {
  const { id } = await dispatcher.spawn("Look around", [[say("All is well.\n")]], { name: "looker" });
  const page = await visit();
  await page.getByRole("link", { name: "looker" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "looker" })).toAppear();
  expect(new URL(page.url()).searchParams.get("id")).toBe(id);
  const log = page.getByRole("log");
  await expect(log.getByText("Look around")).toAppear();
  await expect(log.getByText("All is well.")).toAppear();
  await expect(log.getByText(/Turn ended after/)).toAppear();
  const facts = page.getByRole("complementary", { name: "Facts" });
  await expect(facts.getByText(/alive, pid \d+/)).toAppear();
  await expect(facts.getByText(`${dispatcher.home}/sessions/${id}`)).toAppear();
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page.getByRole("heading", { level: 3, name: "looker" })).toAppear();
});

test("a question is answered with one of its options, and none has the focus", async () => {
  const { id } = await dispatcher.spawn("Ask first", [
    [{ do: "ask", text: "Shall I?", options: yesOrNo }, say("Thank you.\n")],
  ]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  const card = page.getByRole("region", { name: "It asks" });
  await expect(card.getByText("Shall I?")).toAppear();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  await card.getByRole("button", { name: "Yes, do it" }).click();
  await expect(card).toVanish();
  const log = page.getByRole("log");
  await expect(log.getByText("Answered: yes")).toAppear();
  await expect(log.getByText("Thank you.")).toAppear();
});

test("a permission is asked for with refusal first, in words that the coding agent does not choose", async () => {
  const options = [
    { id: "always", label: "Always allow `npm`", kind: "allow_always" },
    { id: "once", label: "Deny", kind: "allow_once" },
    { id: "never", label: "Reject", kind: "reject_once" },
  ];
  const { id } = await dispatcher.spawn("Ask for leave", [
    [{ do: "permission", text: "npm install left-pad", options }, say("Did it.\n")],
    [{ do: "permission", text: "npm publish", options }, say("Published.\n")],
  ]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  const card = page.getByRole("region", { name: "It asks for permission" });
  await expect(card.getByText("npm install left-pad")).toAppear();
  await expect(card.getByText(/Refused in \d+ min/)).toAppear();
  expect(await card.getByRole("button").allTextContents()).toEqual([
    "Deny",
    "Approve once: Deny",
    "Approve always: Always allow `npm`",
  ]);
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
  await card.getByRole("button", { name: "Approve once" }).click();
  await expect(card).toVanish();
  const log = page.getByRole("log");
  await expect(log.getByText("Did it.")).toAppear();

  await page.getByLabel("Prompt").fill("Publish it.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(card.getByText("npm publish")).toAppear();
  await card.getByRole("button", { name: "Deny", exact: true }).click();
  await expect(log.getByText("Turn ended: refusal")).toAppear();
  await expect(log.getByText("Published.")).toVanish();
});

test("a long result is folded, and open where the call failed", async () => {
  const run = (last: string, exit: number) => ({
    do: "run",
    command: `seq 1 40; echo ${last}; exit ${exit}`,
    expect: exit,
  });
  const { id } = await dispatcher.spawn("Work", [[run("all-well", 0), run("all-broken", 1), say("Done.\n")]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  const log = page.getByRole("log");
  await expect(log.getByText("Done.")).toAppear();
  const folds = log.getByText("the result (41 lines)");
  expect(await folds.count()).toBe(2);
  const result = log.getByRole("paragraph").filter({ hasText: /^1\n.*all-well$/s });
  await expect(result).toVanish();
  await folds.first().focus();
  await page.keyboard.press("Enter");
  await expect(result).toAppear();
});

test("a question is answered in one's own words", async () => {
  const { id } = await dispatcher.spawn("Ask for a name", [
    [{ do: "ask", text: "What is it called?" }, say("Noted.\n")],
  ]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await page.getByLabel("An answer in your own words").fill("Rosinante");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("log").getByText("Answered: Rosinante")).toAppear();
  await expect(page.getByRole("log").getByText("Noted.")).toAppear();
});

test("a prompt is sent from the keyboard and its reply is seen", async () => {
  const { id } = await dispatcher.spawn("Wait for more", [[say("Ready.\n")], [say("Second reply.\n")]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  const log = page.getByRole("log");
  await expect(log.getByText("Ready.")).toAppear();
  await page.getByLabel("Prompt").fill("Now the second.");
  await page.keyboard.press("Control+Enter");
  await expect(log.getByText("Now the second.")).toAppear();
  await expect(log.getByText("Second reply.")).toAppear();
  expect(await page.getByLabel("Prompt").inputValue()).toBe("");
  await expect(page.getByRole("list", { name: "Sent, not begun" })).toVanish();
});

test("a prompt that is not sent yet is there again after a look elsewhere and a reload", async () => {
  const { id } = await dispatcher.spawn("Wait to be told", [[say("Ready.\n")], [say("Told.\n")]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await page.getByLabel("Prompt").fill("Half a thought");
  await page.getByRole("link", { name: "All sessions" }).click();
  await expect(page.locator(`[data-session="${id}"]`)).toAppear();
  await page.goBack();
  await expect(page.getByLabel("Prompt")).toAppear();
  expect(await page.getByLabel("Prompt").inputValue()).toBe("Half a thought");
  await page.reload();
  await expect(page.getByLabel("Prompt")).toAppear();
  expect(await page.getByLabel("Prompt").inputValue()).toBe("Half a thought");

  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("log").getByText("Told.")).toAppear();
  await page.reload();
  await expect(page.getByLabel("Prompt")).toAppear();
  expect(await page.getByLabel("Prompt").inputValue()).toBe("");
});

test("what is written while a prompt is on its way stays", async () => {
  const { id } = await dispatcher.spawn("Wait to be told", [[say("Ready.\n")], [say("Told.\n")]]);
  const page = await visit();
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  await page.route(`**/api/sessions/${id}/messages`, async (route) => {
    await gate;
    await route.continue();
  });
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await page.getByLabel("Prompt").fill("The first");
  await page.keyboard.press("Control+Enter");
  await until(() => page.getByRole("button", { name: "Send" }).isDisabled());
  await page.getByLabel("Prompt").fill("The second");
  letGo();
  await expect(page.getByRole("log").getByText("Told.")).toAppear();
  await until(() => page.getByRole("button", { name: "Send" }).isEnabled());
  expect(await page.getByLabel("Prompt").inputValue()).toBe("The second");
});

test("it is stopped and resumed", async () => {
  const { id } = await dispatcher.spawn("Be patient", [[say("Here.\n")]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await expect(page.getByRole("log").getByText("Here.")).toAppear();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: "Resume" })).toAppear();
  await expect(page.getByRole("complementary").getByText("none", { exact: true })).toAppear();
  expect((await dispatcher.session(id)).alive).toBe(false);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Stop" })).toAppear();
  expect((await dispatcher.session(id)).alive).toBe(true);
});

test("it is closed only after a second thought", async () => {
  const { id } = await dispatcher.spawn("Come to an end", [[say("Here.\n")]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await expect(page.getByRole("log").getByText("Here.")).toAppear();
  const dialog = page.getByRole("dialog", { name: "Close this session for good?" });
  await page.getByRole("button", { name: "Close…" }).click();
  await expect(dialog).toAppear();
  expect(
    await dialog.getByRole("button", { name: "Keep it" }).evaluate((node) => node === document.activeElement),
  ).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toVanish();
  expect((await dispatcher.session(id)).state).toBe("open");

  await page.getByRole("button", { name: "Close…" }).click();
  await dialog.getByRole("button", { name: "Close the session" }).click();
  await expect(page.getByText("done", { exact: true })).toAppear();
  await expect(page.getByText("The session is closed and takes no message.")).toAppear();
  await until(async () => (await dispatcher.session(id)).state === "closed");
});

test("an unknown one says so and what to do", async () => {
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=nobody`);
  await expect(page.getByRole("heading", { level: 1, name: "The session could not be read." })).toAppear();
  await expect(page.getByRole("alert").getByText("harness ps --all")).toAppear();
});

test("everything can be reached with the keyboard", async () => {
  const { id } = await dispatcher.spawn("Ask again", [[{ do: "ask", text: "Now?", options: yesOrNo }]]);
  const page = await visit();
  await page.goto(`${dispatcher.url}/session?id=${id}`);
  await expect(page.getByRole("region", { name: "It asks" })).toAppear();
  const reached = await tabThrough(page, 12);
  const wanted = [
    "Harness",
    "Merges",
    "Salvage",
    "All sessions",
    "Stop",
    "Close…",
    "What it asks",
    "Yes, do it",
    "No",
    "An answer in your own words",
    "Log",
    "Prompt",
  ];
  expect(reached.filter((name) => wanted.includes(name))).toEqual(wanted);
});
