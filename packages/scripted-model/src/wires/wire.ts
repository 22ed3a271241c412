import type { Call } from "../conversation/call.ts";
import type { Failure } from "../reply/action.ts";
import type { ToolUse } from "../tools/tool-use.ts";

/** The names that a provider's `wire` has in Harness. */
export type WireName = "anthropic" | "openai-responses" | "openai-chat" | "gemini";

/** One event of a stream; `data` is sent as JSON, a string as it is. */
export interface Frame {
  event?: string;
  data: unknown;
  /** Sent as it is, in a packet of its own, and not as an event. */
  bare?: boolean;
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** What a reply carries besides its content. */
export interface Envelope {
  /** Letters and digits from which the wire makes its ids. */
  id: string;
  model: string;
  /** Seconds since 1970. */
  created: number;
  inputTokens: number;
  wantsUsage: boolean;
}

export type Block = { kind: "text"; text: string } | { kind: "tool"; id: string; use: ToolUse };

/** Turns what happens in a reply into the frames of its stream. `start` comes first, `finish` or `fail` last. */
export interface StreamWriter {
  start(): Frame[];
  text(delta: string): Frame[];
  tool(id: string, use: ToolUse): Frame[];
  finish(usage: Usage): Frame[];
  fail(failure: Failure): Frame[];
}

/** One vendor's format. Everything here is data in, data out. */
export interface Wire {
  readonly name: WireName;
  /** The path at which it is asked for replies. */
  readonly path: RegExp;
  /** @throws {z.ZodError} where the vendor would refuse the body. */
  readCall(body: unknown, pathname: string): Call;
  openStream(envelope: Envelope): StreamWriter;
  wholeReply(envelope: Envelope, blocks: Block[], usage: Usage): unknown;
  errorBody(failure: Failure): unknown;
}

/** The arguments of a tool call as JSON, in pieces as a model would write them. */
export function argumentPieces({ input }: ToolUse): string[] {
  const json = JSON.stringify(input);
  const middle = Math.ceil(json.length / 2);
  return [json.slice(0, middle), json.slice(middle)];
}
