import { EventBodySchema, type Event, type EventBody } from "@harness/core";
import { plainText } from "./escape.ts";
import { timeOfDay } from "./format.ts";
import type { Colour, Terminal } from "./terminal.ts";

interface Told {
  label: string;
  text: string;
  colour?: Colour;
}

const LABEL_WIDTH = 9;
const INDENT = " ".repeat(8 + 2 + LABEL_WIDTH + 1);

/** One event as the lines of `harness logs`; none for what another line tells already. */
export function eventLines(event: Event, terminal: Terminal): string[] {
  // What does not look as its type should was written by another program: it is shown as it is.
  const told = EventBodySchema.safeParse(event).success ? tell(event as Event & EventBody) : unknownEvent(event);
  if (told === null) return [];
  const { label, text, colour = "dim" } = told;
  const [first = "", ...others] = plainText(text).trimEnd().split("\n");
  const head = `${terminal.colour("dim", timeOfDay(event.at))}  ${terminal.colour(colour, label.padEnd(LABEL_WIDTH))} ${first}`;
  return [head.trimEnd(), ...others.map((line) => `${INDENT}${line}`.trimEnd())];
}

function tell(event: Event & EventBody): Told | null {
  switch (event.type) {
    case "turn.started":
      return { label: "prompt", text: `${event.text}${attemptOf(event)}`, colour: "bold" };
    case "turn.ended":
      return { label: "end", text: endOf(event), colour: event.stopReason === "end_turn" ? "green" : "yellow" };
    case "text.written":
      return { label: "text", text: event.text, colour: "cyan" };
    case "tool.called":
      return { label: "tool", text: [event.tool, event.text].filter(Boolean).join(" ") };
    case "tool.returned":
      return { label: event.ok ? "ok" : "failed", text: event.text ?? "", colour: event.ok ? "dim" : "red" };
    case "model.called":
      // What went well shows itself in what the coding agent does next.
      return event.outcome === "ok" ? null : { label: "model", text: modelCall(event), colour: "yellow" };
    case "question.asked":
      return { label: "question", text: `${event.text}\n(${event.question})`, colour: "yellow" };
    case "question.answered":
      return { label: "answer", text: event.answer, colour: "yellow" };
    case "message.received":
      // A prompt shows itself when its turn starts, an answer at its question.
      return event.kind === "prompt" || event.kind === "answer"
        ? null
        : { label: event.kind, text: `message ${event.message}` };
    case "message.rejected":
      return { label: "rejected", text: `${event.message}: ${event.reason}`, colour: "red" };
    case "message.amended":
      return { label: "amended", text: `late bytes of message ${event.message} were added` };
    case "context.changed":
      return { label: "context", text: `changed: ${event.fields.join(", ")}` };
    case "warning.raised":
      return { label: "warning", text: event.text, colour: "yellow" };
    case "output.dropped":
      return { label: "dropped", text: `${event.bytes} bytes of output`, colour: "yellow" };
    case "session.started":
      return { label: "started", text: `agent process ${event.pid}` };
    case "session.degraded":
      return { label: "degraded", text: event.text, colour: "yellow" };
    case "session.parked":
      return { label: "parked", text: "the next message wakes it" };
    case "session.exited":
      return { label: "exited", text: event.reason };
    case "session.closed":
      return { label: "closed", text: event.reason ?? "" };
  }
}

function modelCall({ outcome, status, text }: { outcome: string; status?: number; text?: string }): string {
  return [outcome, status === undefined ? "" : `HTTP ${status}`, text ?? ""].filter(Boolean).join(" ");
}

function attemptOf(event: { attempt: number; resumed: boolean }): string {
  if (event.resumed) return `\n(attempt ${event.attempt}: an earlier one may have partly run)`;
  return event.attempt > 1 ? `\n(attempt ${event.attempt})` : "";
}

// The text repeats what was written; only an end that is not the usual one needs it.
function endOf({ stopReason, text }: { stopReason: string; text: string }): string {
  return stopReason === "end_turn" || text === "" ? stopReason : `${stopReason}: ${text}`;
}

// Of a newer version: shown as it is.
function unknownEvent(event: Event): Told {
  const { v: _v, seq: _seq, at: _at, type, ...rest } = event;
  return { label: "event", text: `${type} ${JSON.stringify(rest)}` };
}
