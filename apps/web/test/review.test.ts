import { expect, test } from "vitest";
import { commit, say, write } from "./repository.ts";
import { openWorkStage } from "./work-stage.ts";

const { dispatcher, visit, spawn, goOn, changesOf } = await openWorkStage({ "price.txt": "one\ntwo\nthree\nfour\n" });

/** The reviews that the session was ever sent. */
async function reviewsOf(id: string): Promise<string[]> {
  type Sent = { message: { kind: string; body: { text: string } } | null }[];
  const inbox = await dispatcher.ask<Sent>("GET", `/api/sessions/${id}/messages?box=inbox`);
  return inbox.flatMap(({ message }) => (message?.body.text.startsWith("Review of") ? [message.body.text] : []));
}

test("comments on several lines reach the session as one message", async () => {
  const id = await spawn("reviewed", [
    [write("price.txt", "one\n2\nthree\nfour\nfive\n"), commit("Change prices"), say("Done.")],
    [say("I will look at it.")],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  await page.getByRole("button", { name: "Comment on line 2, added" }).click();
  await page.getByRole("textbox", { name: "Comment on line 2" }).fill("Spell it out.");
  await page.getByRole("button", { name: "Keep comment" }).click();
  // From here on with the keyboard alone: the focus is on the line again.
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Who asked for five?");
  await page.keyboard.press("Control+Enter");
  const review = page.getByRole("region", { name: "Review" });
  await expect(review.getByText("2 comments")).toAppear();

  // They outlive a look at the log.
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await review.getByLabel("2 comments").fill("Nearly there.");
  await review.getByRole("button", { name: "Send as one message" }).click();
  await expect(page.getByText("2 comments sent as one message.")).toAppear();
  await expect(review).toVanish();

  await dispatcher.rested(id, 2);
  const reviews = await reviewsOf(id);
  expect(reviews).toHaveLength(1);
  for (const part of ["Nearly there.", "price.txt:2\n2", "Spell it out.", "price.txt:5\nfive", "Who asked for five?"])
    expect(reviews[0]).toContain(part);
  await page.getByRole("link", { name: "Its log" }).click();
  await expect(page.getByRole("log").getByText("I will look at it.")).toAppear();
});

test("what is kept while a review is on its way is not lost with it", async () => {
  const id = await spawn("meanwhile", [
    [write("price.txt", "one\n2\nthree\nfour\nfive\n"), commit("Change prices"), say("Done.")],
    [say("I will look at it.")],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  const comment = async (line: string, text: string) => {
    await page.getByRole("button", { name: `Comment on line ${line}, added` }).click();
    await page.keyboard.type(text);
    await page.keyboard.press("Control+Enter");
  };
  await comment("2", "Spell it out.");
  const review = page.getByRole("region", { name: "Review" });
  await review.getByLabel("1 comment").fill("Nearly there.");
  let go = () => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  await page.route("**/reviews", async (route) => {
    await held;
    await route.continue();
  });
  await review.getByRole("button", { name: "Send as one message" }).click();
  await comment("5", "Who asked for five?");
  await review.getByLabel("2 comments").fill("And another thing.");
  go();
  await expect(page.getByText("1 comment sent as one message.")).toAppear();
  await expect(review.getByText("1 comment", { exact: true })).toAppear();
  await expect(page.getByRole("button", { name: "Remove the comment on line 5" })).toAppear();
  await expect(page.getByRole("button", { name: "Remove the comment on line 2" })).toVanish();
  expect(await review.getByLabel("1 comment").inputValue()).toBe("And another thing.");
  await dispatcher.rested(id, 2);
  const sent = await reviewsOf(id);
  expect(sent).toHaveLength(1);
  expect(sent[0]).toContain("Nearly there.");
  expect(sent[0]).not.toContain("five?");
});

test("what is half written outlives a look at the log, at another session, and a reload", async () => {
  const id = await spawn("half", [[write("price.txt", "one\n2\nthree\n4\n"), say("Done.")]]);
  await spawn("elsewhere", [[write("price.txt", "one\n2\n"), say("Done.")]]);
  const page = await visit();
  await page.goto(changesOf(id));
  const line = (number: number) => page.getByRole("textbox", { name: `Comment on line ${number}` });
  const review = page.getByRole("region", { name: "Review" });
  await page.getByRole("button", { name: "Comment on line 2, added" }).click();
  await page.keyboard.type("Spell it out.");
  await page.keyboard.press("Control+Enter");
  await review.getByLabel("1 comment").fill("About the whole");
  await page.getByRole("button", { name: "Comment on line 4, added" }).click();
  await line(4).fill("Half a");
  await expect(review.getByText("1 comment is not kept yet, and not sent.")).toAppear();
  const isThere = async () => {
    await expect(line(4)).toAppear();
    expect(await line(4).inputValue()).toBe("Half a");
    expect(await review.getByLabel("1 comment").inputValue()).toBe("About the whole");
  };
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await isThere();
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe("TEXTAREA");

  await page.getByRole("link", { name: "All sessions" }).click();
  await page.getByRole("link", { name: "elsewhere" }).click();
  await page.getByRole("link", { name: "Changes", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "elsewhere" })).toAppear();
  await expect(page.getByRole("button", { name: "Comment on line 2, added" })).toAppear();
  expect(await page.getByRole("textbox").filter({ visible: true }).count()).toBe(0);
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await isThere();

  await page.reload();
  await isThere();
  await line(4).fill("Half a thought.");
  await line(4).press("Control+Enter");
  await expect(review.getByText("2 comments")).toAppear();
});

test("a comment on what has changed since it was read is refused, kept, and set apart", async () => {
  const id = await spawn("moving", [
    [write("price.txt", "one\n2\nthree\nfour\n"), say("Done.")],
    [write("price.txt", "one\n22\nthree\nfour\n"), say("Done again.")],
  ]);
  const page = await visit();
  await page.goto(changesOf(id));
  await page.getByRole("button", { name: "Comment on line 2, added" }).click();
  await page.keyboard.type("Why?");
  await page.keyboard.press("Control+Enter");
  await goOn(id, 2);
  await expect(page.getByText("It has worked since.")).toAppear();
  const review = page.getByRole("region", { name: "Review" });
  await review.getByRole("button", { name: "Send as one message" }).click();
  await expect(review.getByRole("alert").getByText("has changed since it was read. Nothing was sent.")).toAppear();

  // What could not be read again is as old as before.
  const problem = { title: "Storage lost", detail: "The state root is gone.", hint: "Bring it back.", status: 503 };
  await page.route("**/diff?*", (route) =>
    route.fulfill({ status: 503, contentType: "application/problem+json", json: problem }),
  );
  await page.getByRole("button", { name: "Read again" }).click();
  await expect(page.getByText("The state root is gone.")).toAppear();
  await expect(page.getByText("It has worked since.")).toAppear();
  await page.unroute("**/diff?*");

  await page.getByRole("button", { name: "Read again" }).click();
  await expect(review.getByText("The file has changed since: these are not sent.")).toAppear();
  await expect(page.getByText("It has worked since.")).toVanish();
  await expect(page.locator("code", { hasText: /^22$/ })).toAppear();
  await review.getByRole("button", { name: "Remove" }).click();
  await expect(review).toVanish();
});
