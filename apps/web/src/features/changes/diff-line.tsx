import { memo } from "react";
import { PlainText, Segments } from "../../components/ui/plain-text.tsx";
import type { FileDiff } from "../../lib/shapes.ts";
import { shownAtOnce } from "../../lib/visible-text.ts";
import { type Spot, spotOf } from "./drafts.ts";

type Line = FileDiff["hunks"][number]["lines"][number];

interface DiffLineProps {
  file: FileDiff;
  line: Line;
  /** Its last carriage return is as good as a line end. */
  isCrlf: boolean;
  /** Names it among the lines of the file. */
  place: string;
  /** Where the Tab key comes in. */
  isStop: boolean;
  hasComment: boolean;
  /** Absent where nobody reads a comment. */
  onPick: ((spot: Spot) => void) | undefined;
}

const LOOKS = {
  added: { mark: "+", row: "bg-plus-wash", text: "text-done", says: ", added" },
  removed: { mark: "−", row: "bg-fail-wash", text: "text-fail", says: ", removed" },
  context: { mark: " ", row: "", text: "text-soft", says: "" },
};
const AT_ONCE = 400;

export const DiffLine = memo(function DiffLine({
  file,
  line,
  isCrlf,
  place,
  isStop,
  hasComment,
  onPick,
}: DiffLineProps) {
  const look = LOOKS[line.kind];
  const text = isCrlf ? line.text.slice(0, -1) : line.text;
  const numbers = (
    <>
      <span className="hidden w-11 sm:inline-block">{line.old}</span>
      <span className="inline-block w-11">
        <span className="sm:hidden">{line.new ?? line.old}</span>
        <span className="hidden sm:inline">{line.new}</span>
      </span>
    </>
  );
  const spot = spotOf(file, line);
  return (
    <div
      className={`group grid grid-cols-[auto_1.25rem_minmax(0,1fr)] ${look.row} ${hasComment ? "shadow-[inset_3px_0_var(--call)]" : ""}`}
    >
      {onPick === undefined ? (
        <span className="pr-3 text-right text-xs leading-5 text-soft select-none">{numbers}</span>
      ) : (
        <button
          type="button"
          data-line={spot.line}
          data-place={place}
          tabIndex={isStop ? 0 : -1}
          onClick={() => onPick(spot)}
          aria-label={`Comment on line ${spot.line}${look.says}`}
          className="flex cursor-pointer items-start justify-end pr-3 text-right text-xs leading-5 text-soft -outline-offset-2 select-none group-hover:text-ink hover:bg-ink hover:text-paper"
        >
          {numbers}
        </button>
      )}
      <span className={`select-none ${look.text}`} aria-hidden="true">
        {look.mark}
      </span>
      <code className="min-h-5 pr-3 whitespace-pre-wrap [tab-size:4] wrap-anywhere">
        {shownAtOnce(text, AT_ONCE).length < text.length ? (
          <PlainText limit={AT_ONCE}>{text}</PlainText>
        ) : (
          <bdi className="foreign">
            <Segments>{text}</Segments>
          </bdi>
        )}
      </code>
    </div>
  );
});
