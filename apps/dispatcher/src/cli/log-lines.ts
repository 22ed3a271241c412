import { EventBodySchema, type Event, type EventBody } from "@harness/core";
import { lastWords } from "@harness/core/telling";
import { plainText } from "./escape.ts";
import { eventLines, indented, toldLines, type Before } from "./event-lines.ts";
import type { Terminal } from "./terminal.ts";

export interface LogLines {
  /** The lines that are whole now; text waits for the end of its line. */
  add(event: Event): string[];
  /** What is left of a text that has no line end yet. */
  flush(): string[];
}

/** More of a turn's text is not remembered to find out what its end adds. */
const REMEMBERED = 64 * 1024;

type Known = Event & EventBody;

/** Makes a person's lines of events that come one by one: pieces of a text are one text, a result knows its call. */
export function createLogLines(terminal: Terminal, { tools = true }: { tools?: boolean } = {}): LogLines {
  // Empty lines wait for what they part: none stands at the end.
  let text: { at: string; begun: boolean; blanks: number; rest: string } | null = null;
  let turn: { startedAt: string; said: string } | null = null;
  let calls = new Map<string, string>();
  let lastCall = "";

  function write(line: string): string[] {
    if (text === null) return [];
    if (line.trim() === "") {
      text.blanks += 1;
      return [];
    }
    const { at, begun, blanks } = text;
    text = { ...text, begun: true, blanks: 0 };
    const shown = plainText(line);
    if (!begun) return toldLines({ label: "text", text: shown, colour: "cyan" }, at, terminal);
    return [...Array.from({ length: Math.min(blanks, 2) }, () => ""), indented(shown)];
  }

  function addText({ at, text: piece }: Extract<Known, { type: "text.written" }>): string[] {
    if (turn !== null && turn.said.length < REMEMBERED) turn.said += piece;
    text ??= { at, begun: false, blanks: 0, rest: "" };
    const lines = (text.rest + piece).replaceAll("\r\n", "\n").split("\n");
    text.rest = lines.pop() ?? "";
    return lines.flatMap((line) => write(line));
  }

  function flush(): string[] {
    const rest = text?.rest.trimEnd() ?? "";
    const lines = write(rest);
    text = null;
    return lines;
  }

  function endTurn(event: Extract<Known, { type: "turn.ended" }>): Before {
    if (turn === null) return {};
    const { startedAt, said } = turn;
    turn = null;
    const words = said.length < REMEMBERED ? lastWords(said, event.text) : "";
    return { ranMs: Date.parse(event.at) - Date.parse(startedAt), lastWords: words };
  }

  /** Remembers what later events refer to; returns what this one refers to. */
  function recall(event: Known): Before {
    if (event.type === "tool.returned") return event.call === lastCall ? {} : { tool: calls.get(event.call) };
    if (event.type === "turn.ended") return endTurn(event);
    if (event.type === "tool.called") {
      calls.set(event.call, event.tool);
      lastCall = event.call;
    }
    if (event.type === "turn.started") {
      turn = { startedAt: event.at, said: "" };
      calls = new Map();
    }
    return {};
  }

  return {
    flush,
    add: (event) => {
      if (!EventBodySchema.safeParse(event).success) return [...flush(), ...eventLines(event, terminal)];
      const known = event as Known;
      if (known.type === "text.written") return addText(known);
      const lines = eventLines(event, terminal, recall(known));
      const isTool = known.type === "tool.called" || known.type === "tool.returned";
      // What is not shown does not break a text in two.
      return lines.length === 0 ? [] : [...flush(), ...(isTool && !tools ? [] : lines)];
    },
  };
}
