import { loadBundle } from "../load-bundle.ts";
import type { Driver } from "./driver.ts";

interface CodingAgents {
  readonly acpDriver: Driver;
  readonly piDriver: Driver;
}

/** Where the bundle is, beside our own; set by build.ts. Absent where the sources run as they are. */
declare const CODING_AGENTS_BUNDLE: string | undefined;

/** Every driver. Loaded when its first turn begins: an idle session carries none. */
export const DRIVERS: Readonly<Record<string, () => Promise<Driver>>> = {
  acp: async () => (await loadCodingAgents()).acpDriver,
  command: async () => (await import("./command/driver.ts")).commandDriver,
  pi: async () => (await loadCodingAgents()).piDriver,
  scripted: async () => (await import("./scripted/driver.ts")).scriptedDriver,
};

export const driverNames: readonly string[] = Object.keys(DRIVERS);

async function loadCodingAgents(): Promise<CodingAgents> {
  if (typeof CODING_AGENTS_BUNDLE === "undefined") return import("./coding-agents.ts");
  return loadBundle(CODING_AGENTS_BUNDLE) as CodingAgents;
}
