import type { Page } from "playwright-core";

/** What the Tab key comes to in so many steps, by the names that a screen reader tells. */
export async function tabThrough(page: Page, steps: number): Promise<string[]> {
  const reached: string[] = [];
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(describeFocus));
  }
  return reached;
}

/** Runs in the page: what has the focus, and whether it shows. */
function describeFocus(): string {
  const node = document.activeElement;
  if (!(node instanceof HTMLElement)) return "";
  if (getComputedStyle(node).outlineStyle === "none") return `${node.tagName} shows no focus`;
  const label = node.getAttribute("aria-label") ?? document.querySelector(`label[for="${node.id}"]`)?.textContent;
  return (label ?? node.textContent).trim();
}
