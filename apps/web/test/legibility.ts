import type { Page } from "playwright-core";

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Every text in sight that has less contrast than WCAG 2 AA asks for, with its ratio. */
export function faintTexts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    if (pixel === null) throw new Error("There is no canvas.");
    /** A CSS colour laid over another, as red, green and blue. */
    const paint = (...colors: string[]) => {
      pixel.reset();
      for (const color of colors) {
        pixel.fillStyle = color;
        pixel.fillRect(0, 0, 1, 1);
      }
      return Array.from(pixel.getImageData(0, 0, 1, 1).data.slice(0, 3));
    };
    const luminance = (color: number[]) => {
      const [red = 0, green = 0, blue = 0] = color.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ancestors = (node: Element | null): Element[] =>
      node === null ? [] : [...ancestors(node.parentElement), node];

    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.nodeValue?.trim() ?? "";
      if (
        element === null ||
        text === "" ||
        !element.checkVisibility() ||
        element.closest("noscript, :disabled, .sr-only")
      )
        continue;
      const grounds = ancestors(element).map((ground) => getComputedStyle(ground).backgroundColor);
      const [front, back] = [paint(...grounds, getComputedStyle(element).color), paint(...grounds)].map(luminance);
      const ratio = (Math.max(front ?? 0, back ?? 0) + 0.05) / (Math.min(front ?? 0, back ?? 0) + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${text.slice(0, 60)}`);
    }
    return faint;
  });
}
