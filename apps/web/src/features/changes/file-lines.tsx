import { Fragment, useCallback, useState, type KeyboardEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { visible } from "../../lib/visible-text.ts";
import type { FileDiff, SessionDetail } from "../../lib/shapes.ts";
import { CommentBox } from "./comment-box.tsx";
import { CommentNote } from "./comment-note.tsx";
import { DiffLine } from "./diff-line.tsx";
import { isSameSpot, setDrafts, type Spot, spotOf, useDrafts, withComment } from "./drafts.ts";
import { endsInReturns, firstLines, linesOf } from "./fold.ts";

const LINES_AT_ONCE = 500;

/** The lines of a file. Its line numbers are one stop of the Tab key; the arrow keys go from line to line. */
export function FileLines({ session, file }: { session: SessionDetail; file: FileDiff }) {
  const [limit, setLimit] = useState(LINES_AT_ONCE);
  const [writing, setWriting] = useState<Spot>();
  const drafts = useDrafts(session.id);
  const count = linesOf(file);
  const isCrlf = endsInReturns(file.hunks);
  const onPick = useCallback((spot: Spot) => setWriting(spot), []);
  const write = (spot: Spot, text: string) => {
    setDrafts(session.id, withComment(drafts, { ...spot, text }));
    leave();
  };
  const leave = () => setWriting(undefined);

  return (
    // The numbers inside are what has the focus; the keys that move it are heard here for all of them.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div role="group" aria-label={`Lines of ${visible(file.path)}`} onKeyDown={moveFocus}>
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
              const spot = spotOf(file, line);
              const draft = drafts.find((comment) => isSameSpot(comment, spot));
              const isWriting = writing !== undefined && isSameSpot(writing, spot);
              const isStop = index === 0 && row === 0;
              return (
                <li key={row}>
                  <DiffLine
                    {...{ file, line, isCrlf, isStop }}
                    onPick={session.state === "open" ? onPick : undefined}
                    hasComment={draft !== undefined || isWriting}
                  />
                  {isWriting && (
                    <CommentBox
                      spot={spot}
                      text={draft?.text ?? ""}
                      onDone={(text) => write(spot, text)}
                      onLeave={leave}
                    />
                  )}
                  {!isWriting && draft !== undefined && (
                    <CommentNote comment={draft} onEdit={() => setWriting(spot)} onRemove={() => write(spot, "")} />
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
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
