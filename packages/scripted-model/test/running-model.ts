import { onTestFinished } from "vitest";
import { startScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "../src/index.ts";

/** A model that lives as long as the test. */
export async function runModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const model = await startScriptedModel(options);
  onTestFinished(() => model.close());
  return model;
}
