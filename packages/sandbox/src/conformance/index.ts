export type { Attempt, Inside, Outside, Seen, Verdict } from "./attempt.ts";
export { ATTEMPTS } from "./attempts.ts";
export { isHeld, judge, worseOf, type AttemptResult } from "./judge.ts";
export { runSandboxConformance, type SandboxConformanceOptions, type SandboxReport } from "./run-conformance.ts";
export { openStage, type Scene, type Stage } from "./stage/open-stage.ts";
export { awaitResults } from "./stage/read-results.ts";
export { summarise, verdictWord } from "./tell-results.ts";
export type { Told } from "./try-all.ts";
export type { Targets } from "./targets.ts";
