import { join } from "node:path";
import type { Page } from "playwright-core";

/** Light and dark, from a phone to a desk. */
export const LOOKS = [
  { colorScheme: "light", width: 1440, height: 1000 },
  { colorScheme: "dark", width: 1600, height: 1000 },
  { colorScheme: "light", width: 360, height: 780 },
  { colorScheme: "dark", width: 768, height: 1000 },
] as const;

/** Kept where a person can look at them. */
export async function picture(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  await page.screenshot({
    path: join(import.meta.dirname, `../node_modules/.cache/screenshots/${name}.png`),
    fullPage,
  });
}
