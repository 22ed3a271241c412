import { expect, test } from "vitest";
import { conversation, conversationEvents } from "./conversation.ts";
import { gallery } from "./gallery.ts";
import { faintTexts, overflow } from "./legibility.ts";
import { LOOKS, picture } from "./looks.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

test.each(LOOKS)("the list is legible: $colorScheme, $width pixels wide", async ({ colorScheme, width, height }) => {
  const page = await visit({ colorScheme, viewport: { width, height } });
  // Nine badges do not come about on their own: the list is made up, everything else is real.
  await page.route("**/api/sessions?all=1", (route) => route.fulfill({ json: gallery() }));
  await page.reload();
  await expect(page.getByRole("heading", { name: "Three sessions need you, three at work." })).toAppear();
  await picture(page, `list-${colorScheme}-${width}`);
  expect(await overflow(page)).toBe(0);
  expect(await faintTexts(page)).toEqual([]);
});

const said = [
  { do: "say", text: "The login page writes `returnTo` into the query, the callback reads it from the session.\n" },
  { do: "say", text: "Nobody copies it from one to the other, so it is undefined.\n" },
  { do: "run", command: "echo 'src/auth/login.ts:41:  const target = request.query.returnTo;'" },
  { do: "run", command: "echo '1 failed, 11 passed'; exit 1", expect: 1 },
];
const asked = {
  do: "permission",
  text: 'May I run `npm install` to add the package "cookie"? Nothing here can sign one yet.',
  options: [
    { id: "allow", label: "Allow once", kind: "allow_once" },
    { id: "deny", label: "Deny", kind: "reject_once" },
  ],
};

test("a session's page is legible in every look", async () => {
  const task =
    "Fix the login redirect: after signing in, people land on /undefined instead of the page they came from.";
  const { id } = await dispatcher.spawn(task, [said, [asked]], { name: "hotfix", labels: { demo: "hotfix" } });
  for (const { colorScheme, width, height } of LOOKS) {
    const page = await visit({ colorScheme, viewport: { width, height } });
    await page.goto(`${dispatcher.url}/session?id=${id}`);
    await expect(page.getByRole("log").getByText(/Turn ended/)).toAppear();
    if ((await dispatcher.session(id)).waiting.length === 0) {
      await page.getByLabel("Prompt").fill("Then sign it. Keep the cookie name.");
      await page.getByRole("button", { name: "Send" }).click();
    }
    await expect(page.getByRole("region", { name: "It asks for permission" })).toAppear();
    await picture(page, `session-${colorScheme}-${width}`);
    expect(await overflow(page)).toBe(0);
    expect(await faintTexts(page)).toEqual([]);
  }
});

test.each(LOOKS)("a coding agent's work is legible: $colorScheme, $width pixels wide", async (look) => {
  const { colorScheme, width, height } = look;
  const page = await visit({ colorScheme, viewport: { width, height } });
  const session = conversation();
  // A model that refuses comes about in no test of the page: the session is made up, everything else is real.
  await page.route(`**/api/sessions/${session.id}`, (route) => route.fulfill({ json: session }));
  await page.route(`**/api/sessions/${session.id}/events/stream*`, (route) => {
    const told = conversationEvents().map((event) => {
      const data = JSON.stringify({ type: "log", session: session.id, event });
      return `id: ${event.seq}\nevent: log\ndata: ${data}\n\n`;
    });
    return route.fulfill({ contentType: "text/event-stream", body: told.join("") });
  });
  await page.goto(`${dispatcher.url}/session?id=${session.id}`);
  const log = page.getByRole("log");
  await expect(log.getByText("2 files changed, HEAD moved to 1a2b3c4")).toAppear();
  await expect(log.getByText("48,211 tokens in, 1,930 tokens out, $0.17")).toAppear();
  await expect(log.getByText("read src/auth/login.ts done")).toAppear();
  await expect(log.getByText("expected '/undefined' to be '/cart'")).toAppear();
  await expect(log.getByText("refused the call with HTTP 429")).toAppear();
  const failure = log.getByRole("group", { name: "Why it failed" });
  await expect(failure.getByText("the model endpoint asks to wait (model-rate-limited)")).toAppear();
  await expect(failure.getByText(/Not before \d\d:\d\d:\d\d\. /)).toAppear();
  const facts = page.getByRole("complementary", { name: "Facts" });
  await expect(facts.getByText("claude-sonnet-4-5")).toAppear();
  await expect(facts.getByText("ANTHROPIC_API_KEY")).toAppear();
  await picture(page, `work-${colorScheme}-${width}`);
  expect(await overflow(page)).toBe(0);
  expect(await faintTexts(page)).toEqual([]);

  await log.evaluate((node) => (node.scrollTop = 0));
  await picture(page, `work-begin-${colorScheme}-${width}`);

  const fold = log.getByText("the result (60 lines)");
  await expect(log.getByText("const step59")).toVanish();
  await fold.click();
  await expect(log.getByText("const step59")).toAppear();
});

test.each(["light", "dark"] as const)("signed out is legible: %s", async (colorScheme) => {
  const page = await visit({ colorScheme, signedIn: false, viewport: { width: 1000, height: 700 } });
  await page.goto(`${dispatcher.url}/#code=wrong`);
  await expect(page.getByText("used or too old")).toAppear();
  await picture(page, `signed-out-${colorScheme}`);
  expect(await faintTexts(page)).toEqual([]);
});

test("faint and overflowing text would be found", async () => {
  const page = await visit({ colorScheme: "light", viewport: { width: 360, height: 700 } });
  await page.evaluate(() => {
    const row = document.body.appendChild(document.createElement("p"));
    row.className = "text-paper";
    row.textContent = `pale${"e".repeat(200)}`;
  });
  expect(await faintTexts(page)).toEqual([expect.stringMatching(/^1\.\d\d pale/)]);
  expect(await overflow(page)).toBeGreaterThan(0);
});

test("nothing moves for who asked for that", async () => {
  const page = await visit({ reducedMotion: "reduce" });
  await page.route("**/api/sessions?all=1", (route) => route.fulfill({ json: gallery() }));
  await page.reload();
  await expect(page.getByText("working", { exact: true }).first()).toAppear();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
