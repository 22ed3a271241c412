import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { diffAddress } from "../src/lib/diff-address.ts";
import type { MergeItem, ToldSalvage } from "../src/lib/shapes.ts";
import { kept } from "./kept.ts";
import { faintTexts, overflow } from "./legibility.ts";
import { LOOKS, picture } from "./looks.ts";
import { mergeGallery } from "./merge-gallery.ts";
import { commit, makeRepository, say, write } from "./repository.ts";
import { openStage } from "./stage.ts";

const { dispatcher, visit } = await openStage();

const login = (lines: readonly string[]) =>
  ['import { redirect } from "../http.ts";', "", ...lines, "", 'export const LOGIN = "/login";', ""].join("\n");
const before = [
  "export function finish(request: Request, session: Session): Response {",
  "  const target = session.returnTo;",
  '  if (target === undefined) return redirect("/");',
  "  return redirect(target);",
  "}",
];
const after = [
  "export function finish(request: Request, session: Session): Response {",
  '  const target = new URL(request.url).searchParams.get("returnTo") ?? session.returnTo ?? "/";',
  "  // Only a path of our own: whoever makes the link must not choose another host, however long the address that they put there is.",
  '  if (!target.startsWith("/")) return redirect("/");',
  "  return redirect(target);",
  "}",
];
const shop = makeRepository(dispatcher, "storefront", {
  "src/auth/callback.ts": login(before),
  "src/auth/cookie.ts": 'export const NAME = "sid";\n',
  "README.md": "# Storefront\n",
});

async function spawnHotfix(): Promise<string> {
  const task =
    "Fix the login redirect: after signing in, people land on /undefined instead of the page they came from.";
  const steps = [
    write("src/auth/callback.ts", login(after)),
    write(
      "src/auth/callback.test.ts",
      'test("goes back", () => {\n\texpect(finish(at("/cart")).url).toBe("/cart");\n});\n',
    ),
    write(".github/workflows/ship.yml", "on: push\njobs: {}\n"),
    { do: "run", command: "git mv src/auth/cookie.ts src/auth/cookies.ts" },
    commit("Go back to where people came from"),
    write("README.md", "# Storefront\n\nIt redirects\u202E now.\n"),
    write("notes.txt", "try a signed cookie next\n"),
    say("Fixed and committed. All 389 tests pass."),
  ];
  const facts = { name: "hotfix", repository: shop.path, branch: "hotfix/login", labels: { demo: "hotfix" } };
  const { id } = await dispatcher.spawn(task, [steps], facts);
  await dispatcher.rested(id, 1);
  return id;
}

async function look(page: Page, name: string, options: { fullPage?: boolean } = {}): Promise<void> {
  await picture(page, name, options);
  expect(await overflow(page)).toBe(0);
  expect(await faintTexts(page)).toEqual([]);
}

test("changes, a review and a merge are legible in every look", async () => {
  const id = await spawnHotfix();
  const { id: rival } = await dispatcher.spawn(
    "Rewrite it",
    [[write("src/auth/callback.ts", login(["export const finish = () => null;"])), commit("Rewrite it"), say("Done.")]],
    { name: "rival", repository: shop.path, branch: "feature/rewrite" },
  );
  await dispatcher.rested(rival, 1);
  for (const { colorScheme, width, height } of LOOKS) {
    const page = await visit({ colorScheme, viewport: { width, height } });
    await page.goto(`${dispatcher.url}/session?id=${id}&view=changes`);
    await expect(page.getByRole("heading", { name: /^6 files changed/ })).toAppear();
    await look(page, `changes-${colorScheme}-${width}`);
    const callback = page.getByRole("article").filter({ has: page.getByText("src/auth/callback.ts", { exact: true }) });
    await callback.getByRole("button", { name: "Comment on line 4, added" }).click();
    await page.keyboard.type("Name this. Two fallbacks in one line are hard to read.");
    await page.keyboard.press("Control+Enter");
    await callback.getByRole("button", { name: "Comment on line 6, added" }).click();
    await page.keyboard.type("What about //evil.example?");
    await look(page, `review-${colorScheme}-${width}`, { fullPage: false });
    // Nothing is left that the page would ask about when it goes.
    await page.keyboard.press("Escape");
    await callback.getByRole("button", { name: "Remove the comment on line 4" }).click();

    // It brings a workflow, which waits for a person: what they look at is that very commit.
    const [waiting] = await dispatcher.ask<MergeItem[]>("POST", "/api/merges", { sessions: [id] });
    await page.goto(
      `${dispatcher.url}${diffAddress(id, { against: "target", into: "main", tip: waiting?.tip ?? "" })}`,
    );
    await expect(page.getByRole("heading", { name: /^4 files changed/ })).toAppear();
    await look(page, `pinned-${colorScheme}-${width}`, { fullPage: false });
    await dispatcher.ask("GET", `/api/merges/${waiting?.id}?waitMs=20000`);
    await dispatcher.ask("POST", `/api/merges/${waiting?.id}/cancel`);

    // Its merges so far are made up: a red gate and a result that waits come about in another test.
    const ended = mergeGallery().filter(({ state }) => state === "ended");
    await page.route("**/api/merges?all=1", (route) =>
      route.fulfill({ json: ended.map((item) => ({ ...item, session: id })) }),
    );
    await page.goto(`${dispatcher.url}/session?id=${id}&view=merge`);
    await expect(page.getByRole("heading", { name: "It fits into main." })).toAppear();
    const around = page.getByRole("complementary", { name: "Around it" });
    await expect(around.getByText("feature/rewrite (rival) and this branch changed the same lines")).toAppear();
    await look(page, `merge-${colorScheme}-${width}`);
  }
});

test.each(LOOKS)("the merge queue is legible: $colorScheme, $width pixels wide", async (place) => {
  const { colorScheme, width, height } = place;
  const page = await visit({ colorScheme, viewport: { width, height } });
  // Merges of every kind do not come about at once: the list is made up, everything else is real.
  await page.route("**/api/merges?all=1", (route) => route.fulfill({ json: mergeGallery() }));
  await page.goto(`${dispatcher.url}/merges`);
  await expect(page.getByRole("heading", { name: "One merge waits for your yes." })).toAppear();
  await expect(page.getByText("gate runs", { exact: true })).toAppear();
  await look(page, `merges-${colorScheme}-${width}`);
  const problem = { detail: "The state root is gone.", hint: "Mount it again, or look at its disk." };
  await page.route("**/api/merges?all=1", (route) => route.fulfill({ status: 503, json: problem }));
  await page.reload();
  await expect(page.getByRole("button", { name: "Try again" })).toAppear();
  await look(page, `merges-unread-${colorScheme}-${width}`);
});

const recent = (facts: Partial<ToldSalvage>) =>
  kept({
    at: new Date(Date.now() - 4_000_000).toISOString(),
    bytes: 48_000,
    expiresAt: new Date(Date.now() + 2_000_000_000).toISOString(),
    ...facts,
  });

test.each(LOOKS)("what is kept is legible: $colorScheme, $width pixels wide", async (place) => {
  const { colorScheme, width, height } = place;
  const page = await visit({ colorScheme, viewport: { width, height } });
  const list = [
    recent({
      name: "webhooks",
      task: "Move the payment webhooks to the new queue",
      branch: "feature/webhooks",
      commits: ["feature/webhooks"],
      uncommitted: { modified: 2, untracked: 1 },
      ignored: { count: 3, names: [".env"] },
      trash: { path: "/home/mira/.harness/trash/x", expiresAt: new Date(Date.now() + 500_000_000).toISOString() },
    }),
    recent({
      session: "zyxwvutsrq",
      reason: "failed",
      commit: null,
      hub: null,
      moved: ["", ".1", ".2", ".3", ".4", ".5", ".6"].map((end) => `/home/mira/.harness/archive/zyxwvutsrq.work${end}`),
    }),
    recent({ session: "lostlost12", problem: "Its hub is gone: /home/mira/.harness/hub/old-99ff.git." }),
  ];
  await page.route("**/api/salvage", (route) => route.fulfill({ json: list }));
  await page.goto(`${dispatcher.url}/salvage`);
  await expect(page.getByRole("heading", { name: "Three sessions’ work is kept." })).toAppear();
  await look(page, `salvage-${colorScheme}-${width}`);
});
