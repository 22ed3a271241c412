import type { Sandbox } from "../sandbox.ts";
import { isHeld, type AttemptResult } from "./judge.ts";
import { runPack } from "./run-pack.ts";

export interface SandboxConformanceOptions {
  readonly sandbox: Sandbox;
  /** `@harness/sandbox/escape-pack.mjs`, as a file. */
  readonly program: string;
  /** Makes these attempts alone. */
  readonly only?: readonly string[];
}

export interface SandboxReport {
  readonly sandbox: string;
  readonly attempts: readonly AttemptResult[];
  readonly passed: boolean;
}

/** Makes real attempts at real files, processes and sockets from inside a sandbox. */
export async function runSandboxConformance(options: SandboxConformanceOptions): Promise<SandboxReport> {
  const attempts = await runPack(options);
  return { sandbox: options.sandbox.name, attempts, passed: isHeld(attempts) };
}
