export interface OfferedTool {
  name: string;
  /** The JSON schema of its input. */
  schema: Record<string, unknown>;
}

/** One part of a conversation, in order. What a tool returned is only counted. */
export type Entry = { kind: "user" | "assistant"; text: string } | { kind: "result" };

/** One request for a reply, the same for every wire. */
export interface Call {
  model: string;
  stream: boolean;
  /** Whether a stream ends with the usage. */
  wantsUsage: boolean;
  system: string;
  entries: Entry[];
  tools: OfferedTool[];
}
