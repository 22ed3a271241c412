import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium-headless-shell",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** $CHROMIUM_PATH, an installed Chromium, or the one that comes with the development packages (Linux on x64). */
async function findChromium(): Promise<string> {
  const installed = process.env["CHROMIUM_PATH"] ?? INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return installed;
  // It unpacks the libraries it carries only where it believes to be on Lambda, and looks when it is imported.
  process.env["AWS_EXECUTION_ENV"] ??= "AWS_Lambda_nodejs22.x";
  const { default: packed } = await import("@sparticuz/chromium");
  return await packed.executablePath();
}

/**
 * A real browser; null, after saying so, where there is none. With CI=true that is an error, so that no test is left out
 * unseen.
 */
export async function openBrowser(): Promise<Browser | null> {
  // Chromium refuses its own sandbox to root.
  const args = ["--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  try {
    return await chromium.launch({ executablePath: await findChromium(), args });
  } catch (error) {
    console.log("NOT RUN: chromium");
    if (process.env["CI"] === "true") throw error;
    return null;
  }
}
