import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ToolUse } from "../tools/tool-use.ts";
import type { Usage } from "../wires/wire.ts";
import type { Action, Failure } from "./action.ts";

/** Where a reply goes, as a stream or in one piece. */
export interface Sink {
  text(delta: string): Promise<void>;
  tool(id: string, use: ToolUse): Promise<void>;
  finish(usage: Usage): Promise<void>;
  fail(failure: Failure): Promise<void>;
  /** Cuts the connection, after what was sent so far. */
  cut(): void;
}

export interface Performance {
  sink: Sink;
  /** Letters and digits from which tool calls get their ids. */
  id: string;
  inputTokens: number;
  signal: AbortSignal;
}

/** Plays the actions of one reply.
 *  @throws an AbortError when the client goes away. */
export async function play(actions: Action[], { sink, id, inputTokens, signal }: Performance): Promise<void> {
  let said = 0;
  for (const [index, action] of actions.entries()) {
    switch (action.kind) {
      case "text":
        said += action.text.length;
        for (const word of splitWords(action.text)) {
          await sink.text(word);
          if (action.everyMs > 0) await sleep(action.everyMs, undefined, { signal });
        }
        break;
      case "tool":
        said += JSON.stringify(action.use).length;
        await sink.tool(`${id}${index}`, action.use);
        break;
      case "delay":
        await sleep(action.delayMs, undefined, { signal });
        break;
      case "fail":
        return sink.fail(action.failure);
      case "hang":
        await once(signal, "abort");
        signal.throwIfAborted();
        break;
      case "disconnect":
        return sink.cut();
    }
  }
  await sink.finish({ inputTokens, outputTokens: estimateTokens(said) });
}

/** What text of this length costs, by the usual rule of thumb. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

function splitWords(text: string): string[] {
  return text.split(/(?<=\s)(?=\S)/).filter((word) => word !== "");
}
