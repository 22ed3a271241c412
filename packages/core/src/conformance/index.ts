export { runAgentConformance } from "./run-agent.ts";
export { runClientConformance } from "./run-client.ts";
export type { ConformanceCheck, ConformanceOptions, ConformanceReport } from "./report.ts";
