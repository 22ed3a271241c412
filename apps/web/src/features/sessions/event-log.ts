import { callText, lastWords, withoutCause } from "@harness/core/telling";
import type { SessionEvent } from "../../lib/shapes.ts";
import { noteOf } from "./event-notes.ts";
import { outcomeOf, type TurnOutcome } from "./turn-outcome.ts";

interface Entry {
  readonly seq: number;
  readonly at: string;
}

/** One thing to show in the log. A tool call and its result, a question and its answer, are one row each. */
export type LogRow = Entry &
  (
    | { readonly kind: "prompt"; message: string; text: string; attempt: number; resumed: boolean }
    | { readonly kind: "text"; text: string }
    | { readonly kind: "tool"; call: string; tool: string; text: string; result?: { ok: boolean; text: string } }
    | { readonly kind: "question"; question: string; text: string; answer?: string; isOver?: true }
    | ({ readonly kind: "end"; stopReason: string; text: string; ranMs?: number } & TurnOutcome)
    | { readonly kind: "note"; text: string; isWarning: boolean }
  );
type Row<K extends LogRow["kind"]> = Extract<LogRow, { kind: K }>;

/** `dropped` rows were cut off at the old end, so that a long life does not fill the browser. */
export interface EventLog {
  readonly rows: readonly LogRow[];
  readonly lastSeq: number;
  readonly dropped: number;
}

export const ROWS_AT_MOST = 1500;
export const EMPTY_LOG: EventLog = { rows: [], lastSeq: 0, dropped: 0 };

/** The log with `events` applied. What was applied before is passed over: a stream may begin again. */
export function applyToLog(log: EventLog, events: readonly SessionEvent[]): EventLog {
  const fresh = events.filter(({ seq }) => typeof seq === "number" && seq > log.lastSeq);
  if (fresh.length === 0) return log;
  let rows = [...log.rows];
  let { lastSeq } = log;
  for (const event of fresh.toSorted((a, b) => a.seq - b.seq)) {
    if (event.seq === lastSeq) continue;
    lastSeq = event.seq;
    rows = withEvent(rows, event);
  }
  const dropped = Math.max(0, rows.length - ROWS_AT_MOST);
  return { rows: rows.slice(dropped), lastSeq, dropped: log.dropped + dropped };
}

function withEvent(rows: LogRow[], event: SessionEvent): LogRow[] {
  const field = (name: string) => (typeof event[name] === "string" ? event[name] : "");
  const entry: Entry = { seq: event.seq, at: field("at") };
  const text = field("text");
  const add = (row: LogRow) => (rows.push(row), rows);
  switch (event.type) {
    case "turn.started": {
      const attempt = typeof event["attempt"] === "number" ? event["attempt"] : 1;
      return add({
        ...entry,
        kind: "prompt",
        message: field("message"),
        text,
        attempt,
        resumed: event["resumed"] === true,
      });
    }
    case "turn.ended": {
      const end = { ...entry, kind: "end" as const, stopReason: field("stopReason"), ...ending(rows, entry.at, text) };
      const outcome = outcomeOf(event);
      return [...rows.map(settled), { ...end, ...outcome, text: withoutCause(end.text, outcome.failure?.text) }];
    }
    case "text.written":
      return withText(rows, { ...entry, kind: "text", text });
    case "tool.called":
      return add({ ...entry, kind: "tool", call: field("call"), tool: field("tool"), text: callText(text) });
    case "tool.returned": {
      const isOpen = (row: Row<"tool">) => row.call === event["call"] && row.result === undefined;
      return completed(rows, "tool", isOpen, { result: { ok: event["ok"] !== false, text } });
    }
    case "question.asked":
      return add({ ...entry, kind: "question", question: field("question"), text });
    case "question.answered": {
      const isAsked = (row: Row<"question">) => row.question === event["question"];
      return completed(rows, "question", isAsked, { answer: field("answer") });
    }
    case "message.received":
      // A prompt shows itself when its turn starts, an answer at its question.
      return rows;
    case "model.called":
      // What went well shows itself in what the coding agent does next.
      return event["outcome"] === "ok" ? rows : add({ ...entry, kind: "note", ...noteOf(event) });
    default:
      return add({ ...entry, kind: "note", ...noteOf(event) });
  }
}

/** `facts` go into the newest row that fits. Its beginning may have been cut off: then there is nothing to complete. */
function completed<K extends LogRow["kind"]>(
  rows: LogRow[],
  ...[kind, fits, facts]: [K, (row: Row<K>) => boolean, Partial<Row<K>>]
): LogRow[] {
  const index = rows.findLastIndex((row) => row.kind === kind && fits(row as Row<K>));
  const row = rows[index];
  return row === undefined ? rows : rows.with(index, { ...row, ...facts });
}

/** Text arrives in pieces, however it was flushed: neighbours are one row until something else happens. */
function withText(rows: LogRow[], row: Row<"text">): LogRow[] {
  const last = rows.at(-1);
  if (last?.kind !== "text") return [...rows, row];
  return rows.with(-1, { ...last, text: last.text + row.text });
}

/** Nobody waits for an answer any more. */
function settled(row: LogRow): LogRow {
  return row.kind === "question" && row.answer === undefined ? { ...row, isOver: true } : row;
}

/** How long the turn ran, and its last words where the log does not hold them already. */
function ending(rows: readonly LogRow[], at: string, text: string): { text: string; ranMs?: number } {
  const start = rows.findLastIndex(({ kind }) => kind === "prompt");
  const ranMs = start < 0 ? Number.NaN : Date.parse(at) - Date.parse(rows[start]?.at ?? "");
  const said = rows.slice(start + 1).map((row) => (row.kind === "text" ? row.text : ""));
  return { text: lastWords(said.join(""), text), ...(Number.isNaN(ranMs) ? {} : { ranMs }) };
}
