import { memo, type ReactNode } from "react";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { clockTime, duration } from "../../lib/format.ts";
import type { LogRow } from "./event-log.ts";

type Row<K extends LogRow["kind"]> = Extract<LogRow, { kind: K }>;

/** One row of the log, hung on the session's lane. */
export const EventRow = memo(function EventRow({ row }: { row: LogRow }) {
  switch (row.kind) {
    case "prompt":
      return <Prompt row={row} />;
    case "text":
      return (
        <Lane>
          <p className="whitespace-pre-wrap">
            <PlainText>{row.text.trimEnd()}</PlainText>
          </p>
        </Lane>
      );
    case "tool":
      return <Tool row={row} />;
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

function Tool({ row: { tool, text, result } }: { row: Row<"tool"> }) {
  const state = result === undefined ? "runs" : result.ok ? "done" : "failed";
  return (
    <Lane node="bg-soft">
      <p className="font-mono text-[0.8125rem] whitespace-pre-wrap">
        <span className="font-semibold">
          <PlainText limit={100}>{tool}</PlainText>
        </span>{" "}
        <PlainText limit={1000}>{text}</PlainText>{" "}
        <span className={state === "failed" ? "text-fail" : "text-soft"}>{state}</span>
      </p>
      {result !== undefined && result.text.trim() !== "" && (
        <p className="mt-1 border-l-2 border-line pl-3 font-mono text-[0.8125rem] whitespace-pre-wrap text-soft">
          <PlainText limit={1000}>{result.text.trimEnd()}</PlainText>
        </p>
      )}
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

function End({ row: { at, stopReason, text, ranMs } }: { row: Row<"end"> }) {
  const isGood = stopReason === "end_turn";
  return (
    <Lane node={`rounded-full ${isGood ? "bg-work" : "bg-fail"}`}>
      {text !== "" && (
        <p className="whitespace-pre-wrap">
          <PlainText>{text.trimEnd()}</PlainText>
        </p>
      )}
      <p className="text-sm text-soft">
        <span className={isGood ? "" : "font-medium text-fail"}>
          {isGood ? "Turn ended" : `Turn ended: ${stopReason.replaceAll("_", " ")}`}
        </span>
        {ranMs !== undefined && ` after ${duration(ranMs)}`} <Time at={at} />
      </p>
    </Lane>
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
      {clockTime(at)}
    </time>
  );
}
