import type { ModelChoice } from "../../driver.ts";

/** What is different about one coding agent. Pure data, out of pure functions. */
export interface AgentDescriptor {
  readonly name: string;
  /** The session mode that is set before the first prompt, where the agent offers it. */
  readonly mode?: string;
  /** Whether a conversation can be loaded although the agent was killed in the middle of it. */
  readonly loadsAfterCrash: boolean;
  /** How it is told what it needs. */
  prepare(setting: AgentSetting): Preparation;
}

export interface AgentSetting {
  /** HOME of the coding agent. */
  readonly home: string;
  readonly model: ModelChoice | null;
  /** What is in the variable that `model.keyEnv` names. */
  readonly key: string | undefined;
}

export interface Preparation {
  readonly variables: Record<string, string>;
  /** Written before it starts; paths are relative to its home. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
}
