import { PlainText } from "../../components/ui/plain-text.tsx";
import { plural } from "../../lib/format.ts";
import type { LogRow } from "./event-log.ts";

type ToolRow = Extract<LogRow, { kind: "tool" }>;

/** What a person takes in without reading. Longer results wait until they are asked for. */
const GLANCE = { lines: 3, characters: 400 };

const STATES = {
  runs: { word: "runs", look: "text-work" },
  done: { word: "done", look: "text-soft" },
  failed: { word: "failed", look: "font-semibold text-fail" },
};

/** A tool call and what came of it. A result of many lines is folded away, unless it is why the call failed. */
export function ToolCall({ call: { tool, text, result } }: { call: ToolRow }) {
  const state = STATES[result === undefined ? "runs" : result.ok ? "done" : "failed"];
  return (
    <div className="font-mono text-[0.8125rem]">
      <p className="whitespace-pre-wrap">
        <span className="font-semibold">
          <PlainText limit={100}>{tool}</PlainText>
        </span>{" "}
        <PlainText limit={1000}>{text}</PlainText> <span className={state.look}>{state.word}</span>
      </p>
      {result !== undefined && result.text.trim() !== "" && <Result {...result} />}
    </div>
  );
}

function Result({ ok, text }: NonNullable<ToolRow["result"]>) {
  const whole = text.trimEnd();
  const lines = whole.split("\n").length;
  const body = (
    <p className={`mt-1 border-l-2 pl-3 whitespace-pre-wrap ${ok ? "border-line text-soft" : "border-fail text-ink"}`}>
      <PlainText limit={4000}>{whole}</PlainText>
    </p>
  );
  if (lines <= GLANCE.lines && whole.length <= GLANCE.characters) return body;
  return (
    <details open={!ok} className="group mt-1">
      <summary className="cursor-pointer rounded text-soft select-none hover:text-ink">
        <span className="group-open:hidden">Show</span>
        <span className="hidden group-open:inline">Hide</span> the result ({plural(lines, "line")})
      </summary>
      {body}
    </details>
  );
}
