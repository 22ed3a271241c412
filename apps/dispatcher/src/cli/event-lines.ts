import { EventBodySchema, type Event, type EventBody } from "@harness/core";
import {
  callText,
  cutLines,
  failureHint,
  failureWords,
  modelCallText,
  turnFacts,
  withoutCause,
} from "@harness/core/telling";
import { plainText } from "./escape.ts";
import { span, timeOfDay } from "./format.ts";
import type { Colour, Terminal } from "./terminal.ts";

export interface Told {
  label: string;
  text: string;
  colour?: Colour;
}

/** What the events before this one tell about it. */
export interface Before {
  /** The tool whose call this answers, where others were called since. */
  tool?: string | undefined;
  /** How long the turn ran. */
  ranMs?: number | undefined;
  /** What the turn's end says beyond what was written. */
  lastWords?: string | undefined;
}

const LABEL_WIDTH = 9;
const INDENT = " ".repeat(8 + 2 + LABEL_WIDTH + 1);
/** Of what a tool gives back, a person reads the beginning. `--json` holds all. */
const RESULT = { lines: 8, width: 200 };
const CALL = { lines: 4, width: 400 };
const TEXT = { lines: 40, width: 2000 };

/** One event as the lines of `harness logs`; none for what another line tells already. */
export function eventLines(event: Event, terminal: Terminal, before: Before = {}): string[] {
  // What does not look as its type should was written by another program: it is shown as it is.
  const isKnown = EventBodySchema.safeParse(event).success;
  const told = isKnown ? tell(event as Event & EventBody, before) : unknownEvent(event);
  return told === null ? [] : toldLines(told, event.at, terminal);
}

export function toldLines({ label, text, colour = "dim" }: Told, at: string, terminal: Terminal): string[] {
  const [first = "", ...others] = plainText(text).trimEnd().split("\n");
  const head = `${terminal.colour("dim", timeOfDay(at))}  ${terminal.colour(colour, label.padEnd(LABEL_WIDTH))} ${first}`;
  return [head.trimEnd(), ...others.map(indented)];
}

export function indented(line: string): string {
  return `${INDENT}${line}`.trimEnd();
}

function tell(event: Event & EventBody, before: Before): Told | null {
  switch (event.type) {
    case "turn.started":
      return { label: "prompt", text: `${fit(event.text, TEXT)}${attemptOf(event)}`, colour: "bold" };
    case "turn.ended":
      return { label: "end", text: endOf(event, before), colour: event.stopReason === "end_turn" ? "green" : "yellow" };
    case "text.written":
      return { label: "text", text: event.text, colour: "cyan" };
    case "tool.called":
      return { label: "tool", text: fit([event.tool, callText(event.text ?? "")].filter(Boolean).join(" "), CALL) };
    case "tool.returned":
      return resultOf(event, before);
    case "model.called":
      // What went well shows itself in what the coding agent does next.
      return event.outcome === "ok"
        ? null
        : { label: "model", text: fit(modelCallText(event), CALL), colour: "yellow" };
    case "question.asked":
      return { label: "question", text: `${event.text}\n(${event.question})`, colour: "yellow" };
    case "question.answered":
      return { label: "answer", text: event.answer, colour: "yellow" };
    case "setup.started":
      return { label: event.task, text: event.command.join(" ") };
    case "setup.ended":
      return event.ok
        ? { label: event.task, text: `done in ${span(event.durationMs)}`, colour: "green" }
        : { label: event.task, text: `failed. ${fit(event.reason ?? "", TEXT)}`, colour: "red" };
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
    case "network.refused": {
      const more = event.more === undefined ? "" : ` (and ${event.more} before it)`;
      return { label: "refused", text: `${event.target || "a connection"}: ${event.reason}${more}`, colour: "yellow" };
    }
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

function fit(text: string, limits: { lines: number; width: number }): string {
  return cutLines(text, limits).join("\n");
}

function resultOf({ ok, text = "" }: { ok: boolean; text?: string }, { tool }: Before): Told {
  const whose = tool === undefined ? "" : `${tool}: `;
  return { label: ok ? "ok" : "failed", text: `${whose}${fit(text, RESULT)}`, colour: ok ? "dim" : "red" };
}

function attemptOf(event: { attempt: number; resumed: boolean }): string {
  if (event.resumed) return `\n(attempt ${event.attempt}: an earlier one may have partly run)`;
  return event.attempt > 1 ? `\n(attempt ${event.attempt})` : "";
}

function endOf(event: Extract<EventBody, { type: "turn.ended" }>, { ranMs, lastWords }: Before): string {
  const { stopReason, failure, text } = event;
  const after = ranMs === undefined ? "" : ` after ${span(ranMs)}`;
  const why = failure === undefined ? "" : `: ${failureWords(failure)}`;
  // A turn that ended well repeats in its text what was written.
  const words = withoutCause(lastWords ?? (stopReason === "end_turn" ? "" : text), failure?.text);
  return [
    `${stopReason}${after}${why}`,
    ...(failure === undefined ? [] : [...cutLines(failure.text, CALL), `-> ${failureHint(failure, timeOfDay)}`]),
    ...(words === "" ? [] : cutLines(words, TEXT)),
    ...turnFacts(event),
  ].join("\n");
}

// Of a newer version: shown as it is.
function unknownEvent(event: Event): Told {
  const { v: _v, seq: _seq, at: _at, type, ...rest } = event;
  return { label: "event", text: fit(`${type} ${JSON.stringify(rest)}`, TEXT) };
}
