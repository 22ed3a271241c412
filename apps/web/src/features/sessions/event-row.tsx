import { memo, type ReactNode } from "react";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { dayAndTime, duration } from "../../lib/format.ts";
import { withoutOuterLines } from "../../lib/visible-text.ts";
import type { LogRow } from "./event-log.ts";
import { ToolCall } from "./tool-call.tsx";

type Row<K extends LogRow["kind"]> = Extract<LogRow, { kind: K }>;

/** One row of the log, hung on the session's lane. */
export const EventRow = memo(function EventRow({ row }: { row: LogRow }) {
  switch (row.kind) {
    case "prompt":
      return <Prompt row={row} />;
    case "text":
      return <Words text={withoutOuterLines(row.text)} />;
    case "tool":
      return (
        <Lane node="bg-soft">
          <ToolCall call={row} />
        </Lane>
      );
    case "question":
      return <Question row={row} />;
    case "end":
      return <End row={row} />;
    case "note":
      return (
        <Lane node={row.isWarning ? "bg-call" : undefined}>
          <p className={`text-sm ${row.isWarning ? "text-call" : "text-soft"}`}>
            <Time at={row.at} /> <PlainText>{row.text}</PlainText>
          </p>
        </Lane>
      );
  }
});

function Words({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <Lane>
      <p className="whitespace-pre-wrap">
        <PlainText>{text}</PlainText>
      </p>
    </Lane>
  );
}

function Prompt({ row }: { row: Row<"prompt"> }) {
  return (
    <Lane node="rounded-full bg-ink">
      <div className="rounded-lg bg-paper px-4 py-3">
        <p className="text-sm text-soft">
          <span className="font-semibold text-ink">Prompt</span> <Time at={row.at} />
          {row.resumed && " resumed"}
          {row.attempt > 1 && ` attempt ${row.attempt}`}
        </p>
        <p className="mt-1 whitespace-pre-wrap">
          <PlainText limit={2000}>{row.text}</PlainText>
        </p>
      </div>
    </Lane>
  );
}

function Question({ row: { text, answer, isOver } }: { row: Row<"question"> }) {
  return (
    <Lane node="rotate-45 bg-call">
      <p className="whitespace-pre-wrap">
        <span className="font-semibold text-call">Asked </span>
        <PlainText>{text}</PlainText>
      </p>
      <p className="text-sm text-soft">
        {answer === undefined ? (
          isOver ? (
            "It was not answered."
          ) : (
            "No answer yet."
          )
        ) : (
          <>
            Answered: <PlainText>{answer}</PlainText>
          </>
        )}
      </p>
    </Lane>
  );
}

function End({ row: { at, stopReason, text, ranMs, failure, facts } }: { row: Row<"end"> }) {
  const isGood = stopReason === "end_turn";
  return (
    <Lane node={`rounded-full ${isGood ? "bg-work" : "bg-fail"}`}>
      {text !== "" && (
        <p className="mb-1 whitespace-pre-wrap">
          <PlainText>{text.trimEnd()}</PlainText>
        </p>
      )}
      <p className="text-sm text-soft">
        <span className={isGood ? "" : "font-medium text-fail"}>
          {isGood ? "Turn ended" : `Turn ended: ${stopReason.replaceAll("_", " ")}`}
        </span>
        {ranMs !== undefined && ` after ${duration(ranMs)}`} <Time at={at} />
      </p>
      {failure !== undefined && <Failure {...failure} />}
      {facts !== undefined && <p className="mt-1 text-sm text-soft">{facts.join(" · ")}</p>}
    </Lane>
  );
}

function Failure({ words, text, hint }: NonNullable<Row<"end">["failure"]>) {
  return (
    <div role="group" aria-label="Why it failed" className="mt-2 rounded-lg bg-fail-wash px-4 py-3">
      <p className="font-medium text-fail first-letter:uppercase">
        <PlainText limit={200}>{words}</PlainText>
      </p>
      {text.trim() !== "" && (
        <p className="mt-1 font-mono text-[0.8125rem] whitespace-pre-wrap">
          <PlainText limit={600}>{text.trim()}</PlainText>
        </p>
      )}
      <p className="mt-1 text-sm">
        <PlainText limit={400}>{hint}</PlainText>
      </p>
    </div>
  );
}

function Lane({ node, children }: { node?: string | undefined; children: ReactNode }) {
  return (
    <li className="relative pb-4 pl-7 before:absolute before:top-0 before:bottom-0 before:left-1 before:w-px before:bg-faint last:before:bottom-auto last:before:h-3">
      {node !== undefined && (
        <span className={`absolute top-2 left-0 size-[9px] ring-4 ring-sheet ${node}`} aria-hidden="true" />
      )}
      {children}
    </li>
  );
}

function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} className="font-mono text-[0.8125rem] text-soft">
      {dayAndTime(at)}
    </time>
  );
}
