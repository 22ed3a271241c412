/** A tool of the agent, and what it is given. */
export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
}
