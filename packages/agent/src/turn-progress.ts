import type { Clock, EventBody } from "@harness/core";
import { callText } from "@harness/core/telling";
import type { TurnProgress } from "./deadlines.ts";
import type { DriverEvent } from "./drivers/driver.ts";
import { createEventBudget } from "./limits.ts";
import type { CallEnd } from "./model/call.ts";
import type { CallListener } from "./model/model-calls.ts";
import { addCall, NO_CALLS } from "./model/tally.ts";
import { collectText } from "./reply.ts";
import type { StatusChange } from "./status.ts";

/** Tool calls that are kept track of at once; a coding agent with more of them open is watched less closely. */
const MOST_OPEN_TOOLS = 1_000;
const NAME_LIMIT = 80;
/** Notes of one turn that are told. They are few and short, and have to be seen when everything else is left out. */
const MOST_NOTES = 100;
const NOTE_LIMIT = 2_000;

export interface TurnRecorder {
  take(event: DriverEvent): void;
  readonly call: CallListener;
  progress(): Omit<TurnProgress, "quietSinceMs">;
  /** What the coding agent said, and how many tool calls it told. */
  told(): { text: string; tools: number };
  /** Says how much was left out of the log. */
  finish(): void;
}

export interface TurnRecording {
  readonly clock: Clock;
  readonly turn: string;
  change(change: StatusChange): void;
  record(event: EventBody): void;
}

/** Takes what happens in one turn: into the log, the status, the reply's text, and what its deadlines are held against. */
export function recordTurn({ clock, turn, change, record }: TurnRecording): TurnRecorder {
  const text = collectText();
  const budget = createEventBudget(record);
  const startedAtMs = clock.monotonic();
  const tools = new Map<string, { tool: string; atMs: number }>();
  let heard = { atMs: startedAtMs, what: "nothing since the prompt" };
  let toolCount = 0;
  let notes = 0;
  let calls = NO_CALLS;

  function hear(what: string): void {
    heard = { atMs: clock.monotonic(), what };
  }

  function take(event: DriverEvent): void {
    switch (event.type) {
      case "text":
        hear("text");
        text.add(event.text);
        budget.record({ type: "text.written", turn, text: event.text });
        change({ type: "line.written", text: event.text });
        break;
      case "tool.called": {
        const tool = event.tool.slice(0, NAME_LIMIT);
        hear(`a call of the tool ${tool}`);
        toolCount += 1;
        if (tools.size < MOST_OPEN_TOOLS) tools.set(event.call, { tool, atMs: clock.monotonic() });
        budget.record({ ...event, turn });
        change({ type: "line.written", text: `${event.tool} ${callText(event.text ?? "")}` });
        break;
      }
      case "tool.returned":
        hear(`the return of the tool ${tools.get(event.call)?.tool ?? ""}`.trim());
        tools.delete(event.call);
        budget.record({ ...event, turn });
        break;
      case "stirred":
        hear(event.what);
        break;
      case "noted":
        notes += 1;
        if (notes > MOST_NOTES) budget.drop(event.text.length);
        else record({ type: "warning.raised", code: event.code, text: event.text.slice(0, NOTE_LIMIT) });
        break;
      case "output.dropped":
        hear("output");
        budget.drop(event.bytes);
        break;
      case "turn.ended":
        break;
    }
  }

  return {
    take,
    call(line) {
      calls = addCall(calls, line, clock.monotonic());
      if (line.type === "begin") return;
      if (line.outcome === "ok") hear("an answer of the model endpoint");
      budget.record(callEvent(turn, line));
    },
    progress: () => ({ startedAtMs, heard, tools, calls }),
    told: () => ({ text: text.text(), tools: toolCount }),
    finish() {
      if (budget.dropped() > 0) record({ type: "output.dropped", turn, bytes: budget.dropped() });
    },
  };
}

function callEvent(turn: string, { status, outcome, durationMs, text, inStreamError }: CallEnd) {
  return {
    type: "model.called" as const,
    turn,
    outcome,
    durationMs,
    ...(status === null ? {} : { status }),
    ...(inStreamError === undefined ? {} : { inStreamError }),
    ...(text === undefined ? {} : { text }),
  };
}
