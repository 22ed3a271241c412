export { ATTEMPTS, type Attempt, type AttemptResult } from "./attempts.ts";
export { runSandboxConformance, type SandboxConformanceOptions, type SandboxReport } from "./run-conformance.ts";
