export { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from "./start-scripted-model.ts";
export type { RecordedRequest } from "./http/exchange.ts";
export { parseScript, type Reply, type Scenario, type Script, type Step } from "./script/script.ts";
export { ScriptError } from "./script/script-error.ts";
export type { Usage, WireName } from "./wires/wire.ts";
