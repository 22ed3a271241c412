import { readdirSync, readlinkSync } from "node:fs";
import type { StateRoot } from "@harness/core";
import { until } from "@harness/core/testing";
import { startScriptedModel, type ScriptedModel, type Script } from "@harness/scripted-model";
import { onTestFinished } from "vitest";
import { parseConfig, type Config } from "../../config.ts";
import { createSession } from "../../sessions/create.ts";
import { getSession } from "../../sessions/get.ts";
import { testConfig, type TestDispatcher } from "../../supervisor/testing/dispatchers.ts";

export const CANARY = "sk-canary/0123456789+abcdefghijklmnop_qrstuv";
export const withKey = { PATH: process.env["PATH"], CLOUD_KEY: CANARY };

/** A model endpoint that is closed with the test. Null: it wants no key. */
export async function startModel(script: Script, keys: string[] | null = [CANARY]): Promise<ScriptedModel> {
  const model = await startScriptedModel({ script, ...(keys === null ? {} : { keys }) });
  onTestFinished(() => model.close());
  return model;
}

/** What every call of it is answered. */
export const says = (text: string): Script => ({ scenarios: [{ name: "all", replies: [[{ text }]] }] });

/** A configuration whose provider `cloud` is that endpoint. `more` is what else is said of it, as YAML. */
export function cloud(url: string, more = ", keyEnv: CLOUD_KEY"): Config {
  const text = `providers: { cloud: { wire: anthropic, baseUrl: "${url}", model: m${more} } }`;
  return testConfig({ providers: parseConfig(text).providers });
}

export const spawnPi = ({ context }: TestDispatcher, task = "hello", labels?: Record<string, string>) =>
  createSession(context, { task, agent: "pi", provider: "cloud", labels });

export async function ended({ context }: TestDispatcher, id: string, turns = 1) {
  await until(() => getSession(context, id).turns === turns, { timeoutMs: 40_000, what: `${turns} turns` });
  return getSession(context, id);
}

/** Every process on this machine that writes into the log of that provider's worker. */
export function workerPids(root: StateRoot, provider = "cloud"): number[] {
  const { log } = root.workerOf(provider);
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/1`) === log;
      } catch {
        // It has ended.
        return false;
      }
    })
    .map(Number);
}
