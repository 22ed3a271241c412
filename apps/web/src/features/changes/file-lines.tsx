import { Fragment, useCallback, useState, type FocusEvent, type KeyboardEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { visible } from "../../lib/visible-text.ts";
import type { FileDiff, SessionDetail } from "../../lib/shapes.ts";
import { CommentBox } from "./comment-box.tsx";
import { CommentNote } from "./comment-note.tsx";
import { DiffLine } from "./diff-line.tsx";
import {
  changeDrafts,
  isSameSpot,
  type Spot,
  spotOf,
  useDrafts,
  withComment,
  withoutWriting,
  withWriting,
} from "./drafts.ts";
import { endsInReturns, firstLines, linesOf, linesUpTo } from "./fold.ts";

const LINES_AT_ONCE = 500;

/** The lines of a file. Its line numbers are one stop of the Tab key; the arrow keys go from line to line. */
export function FileLines({ session: { id, state }, file }: { session: SessionDetail; file: FileDiff }) {
  const { comments, writing } = useDrafts(id);
  const [limit, setLimit] = useState(() => {
    const written = [...comments, ...writing];
    const last = linesUpTo(file.hunks, (line) => written.some((one) => isSameSpot(one, spotOf(file, line))));
    return Math.max(LINES_AT_ONCE, last);
  });
  const [chosen, setChosen] = useState<Spot>();
  const [stop, setStop] = useState("0:0");
  const count = linesOf(file);
  const isCrlf = endsInReturns(file.hunks);
  const begin = useCallback(
    (spot: Spot) => {
      setChosen(spot);
      changeDrafts(id, (drafts) => withWriting(drafts, spot));
    },
    [id],
  );
  const noteFocus = ({ target }: FocusEvent<HTMLElement>) => {
    const { place } = target.dataset;
    if (place !== undefined) setStop(place);
  };

  return (
    // The numbers inside are what has the focus; the keys that move it are heard here for all of them.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div role="group" aria-label={`Lines of ${visible(file.path)}`} onKeyDown={moveFocus} onFocus={noteFocus}>
      {firstLines(file.hunks, limit).map((hunk, index) => (
        <Fragment key={index}>
          <p className="border-y border-line bg-paper px-4 py-1 font-mono text-xs text-soft">
            @@ −{hunk.oldStart},{hunk.oldLines} +{hunk.newStart},{hunk.newLines} @@{" "}
            <PlainText limit={160} isBrief>
              {hunk.heading}
            </PlainText>
          </p>
          <ol className="font-mono text-[0.8125rem] leading-5">
            {hunk.lines.map((line, row) => {
              const place = `${index}:${row}`;
              const spot = spotOf(file, line);
              const kept = comments.find((comment) => isSameSpot(comment, spot));
              const half = writing.find((comment) => isSameSpot(comment, spot));
              return (
                <li key={row}>
                  <DiffLine
                    {...{ file, line, isCrlf, place }}
                    isStop={place === stop}
                    onPick={state === "open" ? begin : undefined}
                    hasComment={kept !== undefined || half !== undefined}
                  />
                  {half !== undefined && (
                    <CommentBox
                      comment={half}
                      isChosen={chosen !== undefined && isSameSpot(chosen, spot)}
                      onChoose={() => setChosen(spot)}
                      onWrite={(text) => changeDrafts(id, (drafts) => withWriting(drafts, spot, text))}
                      onDone={() => changeDrafts(id, (drafts) => withComment(drafts, half))}
                      onLeave={() => changeDrafts(id, (drafts) => withoutWriting(drafts, spot))}
                    />
                  )}
                  {half === undefined && kept !== undefined && (
                    <CommentNote
                      comment={kept}
                      onEdit={() => begin(spot)}
                      onRemove={() => changeDrafts(id, (drafts) => withComment(drafts, { ...spot, text: "" }))}
                    />
                  )}
                </li>
              );
            })}
          </ol>
        </Fragment>
      ))}
      {limit < count && (
        <div className="border-t border-line px-4 py-3">
          <Button onClick={() => setLimit(limit + LINES_AT_ONCE)}>
            Show more: {(count - limit).toLocaleString("en")} lines are left
          </Button>
        </div>
      )}
    </div>
  );
}

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 20,
  PageUp: -20,
  End: Infinity,
  Home: -Infinity,
};

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = STEPS[event.key];
  const here = event.target;
  if (step === undefined || !(here instanceof HTMLElement) || here.dataset["line"] === undefined) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-line]")];
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(here) + step))];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
