import type { StateRoot } from "@harness/core";
import type { Provider } from "../../providers/built-in.ts";
import { modelUrl, readModelRecord } from "./record.ts";

/** The same model by two wire formats, as two vendors would be. Known only to sessions that ask for one by name. */
export const DEMO_PROVIDERS = ["demo-anthropic", "demo-openai"] as const;
export type DemoProvider = (typeof DEMO_PROVIDERS)[number];

/** None while the demo's model does not run. */
export function demoProviders(root: StateRoot): Partial<Record<DemoProvider, Provider>> {
  const url = modelUrl(readModelRecord(root));
  if (url === null) return {};
  return {
    "demo-anthropic": { wire: "anthropic", baseUrl: url, model: "played-by-a-script" },
    "demo-openai": { wire: "openai-chat", baseUrl: `${url}/v1`, model: "played-by-a-script" },
  };
}

export function isDemoProvider(name: string | undefined): boolean {
  return DEMO_PROVIDERS.some((known) => known === name);
}
