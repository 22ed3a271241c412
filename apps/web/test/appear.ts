import type { Locator } from "playwright-core";
import { expect } from "vitest";

declare module "vitest" {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** The element comes into sight, at once or in a moment. */
    toAppear(this: Matchers<R, T>): Promise<void>;
    /** The element goes out of sight. */
    toVanish(this: Matchers<R, T>): Promise<void>;
  }
}

const reach = (state: "visible" | "hidden") => async (locator: Locator) => {
  const problem = await locator.waitFor({ state }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { pass: problem === undefined, message: () => problem ?? `${String(locator)} is ${state}` };
};

expect.extend({ toAppear: reach("visible"), toVanish: reach("hidden") });
