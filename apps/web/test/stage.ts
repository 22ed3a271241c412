import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeEach, expect, vi } from "vitest";
import "./appear.ts";
import { openBrowser } from "./browser.ts";
import { openDispatcher, type TestDispatcher } from "./dispatcher.ts";

export interface Stage {
  readonly dispatcher: TestDispatcher;
  /**
   * A browser of its own, signed in unless said otherwise, and watched: at the end of each test nothing may have run,
   * loaded or thrown that should not have.
   */
  visit(options?: BrowserContextOptions & { signedIn?: boolean }): Promise<Page>;
}

/** The real dispatcher, `harness up` and all, and a real browser: tests declared after this click through its page. */
export async function openStage(): Promise<Stage> {
  const browser = await openBrowser();
  const dispatcher = await openDispatcher();
  const harm: string[] = [];
  vi.setConfig({ testTimeout: 120_000 });

  beforeEach((test) => test.skip(browser === null, "There is no Chromium."));
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
    expect(harm.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await dispatcher.close();
  }, 60_000);

  return {
    dispatcher,
    visit: async ({ signedIn = true, ...options } = {}) => {
      const context = await openContext(browser, options);
      context.setDefaultTimeout(20_000);
      context.on("page", (page) => watch(page, harm));
      const page = await context.newPage();
      if (!signedIn) return page;
      await page.goto(await dispatcher.link());
      await expect(page.getByText("live", { exact: true })).toAppear();
      return page;
    },
  };
}

function openContext(browser: Browser | null, options: BrowserContextOptions): Promise<BrowserContext> {
  if (browser === null) throw new Error("The test was to be skipped.");
  return browser.newContext(options);
}

function watch(page: Page, harm: string[]): void {
  page.on("dialog", (dialog) => {
    // The browser's own question to who leaves what they have written.
    if (dialog.type() === "beforeunload") return void dialog.accept();
    harm.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => harm.push(`the page threw: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (
      /Content Security Policy|requires 'Trusted|browser navigation|Hydration|hydrat|Minified React error/i.test(text)
    )
      harm.push(text);
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") harm.push(`asked ${request.url()}`);
  });
}
