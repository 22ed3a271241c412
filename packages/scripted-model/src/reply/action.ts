import type { ToolUse } from "../tools/tool-use.ts";

/** A failure as the model endpoint reports it. */
export interface Failure {
  status: number;
  message: string;
  /** When to come back. */
  retryAfterMs?: number;
}

/** What is done for one step of a reply. */
export type Action =
  | { kind: "text"; text: string; everyMs: number }
  | { kind: "tool"; use: ToolUse }
  | { kind: "delay"; delayMs: number }
  | { kind: "fail"; failure: Failure }
  | { kind: "hang" }
  | { kind: "disconnect" };
