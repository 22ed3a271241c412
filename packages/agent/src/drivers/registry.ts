import type { Driver } from "./driver.ts";

/** Every driver. Loaded when its first turn begins: an idle session carries none. */
export const DRIVERS: Readonly<Record<string, () => Promise<Driver>>> = {
  acp: async () => (await import("./acp/driver.ts")).acpDriver,
  command: async () => (await import("./command/driver.ts")).commandDriver,
  pi: async () => (await import("./pi/driver.ts")).piDriver,
  scripted: async () => (await import("./scripted/driver.ts")).scriptedDriver,
};

export const driverNames: readonly string[] = Object.keys(DRIVERS);
