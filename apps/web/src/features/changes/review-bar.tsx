import Link from "next/link";
import { useEffect, useId, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { type Comment, type DiffWish, sendReview } from "../../lib/api.ts";
import { plural } from "../../lib/format.ts";
import { newMessageId } from "../../lib/message-id.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";
import { Adrift } from "./adrift.tsx";
import { changeDrafts, isWritten, sortDrafts, useDrafts, withoutSent } from "./drafts.ts";

interface ReviewBarProps {
  session: SessionDetail;
  diff: SessionDiff;
  /** What the diff was asked for with. */
  wish: DiffWish;
}

/** All comments, to be sent as one message. */
export function ReviewBar({ session: { id: session }, diff, wish }: ReviewBarProps) {
  const drafts = useDrafts(session);
  const { message, attempt } = drafts;
  const { placed, adrift } = sortDrafts(drafts.comments, diff.files);
  const begun = sortDrafts(
    drafts.writing.filter(({ text }) => text.trim() !== ""),
    diff.files,
  );
  const [sent, setSent] = useState(0);
  const { isBusy, refusal, run } = useRequest();
  const id = useId();
  useKeptFromLeaving(isWritten(drafts));

  const send = async () => {
    const review = { comments: placed, ...wish, ...(message.trim() === "" ? {} : { message }) };
    const content = JSON.stringify(review);
    const next = attempt.content === content ? attempt : { id: newMessageId(), content };
    changeDrafts(session, (before) => ({ ...before, attempt: next }));
    if (!(await run(() => sendReview(session, { id: next.id, ...review })))) return;
    setSent(placed.length);
    changeDrafts(session, (before) => withoutSent(before, { comments: placed, message }));
  };
  const remove = (gone: Comment) =>
    changeDrafts(session, (before) => ({
      ...before,
      comments: before.comments.filter((one) => one !== gone),
      writing: before.writing.filter((one) => one !== gone),
    }));

  return (
    <>
      <p role="status" className="text-sm empty:hidden">
        {sent > 0 && (
          <>
            {plural(sent, "comment")} sent as one message.{" "}
            <Link
              className="underline underline-offset-4"
              href={`/session?${new URLSearchParams({ id: session }).toString()}`}
            >
              Its log
            </Link>{" "}
            shows when it is read.
          </>
        )}
      </p>
      {(drafts.comments.length > 0 || message !== "" || begun.adrift.length > 0) && (
        <section
          aria-label="Review"
          className="sticky bottom-3 z-20 max-h-[60dvh] overflow-y-auto rounded-xl border border-faint bg-sheet px-4 py-3 shadow-lg"
        >
          <Adrift comments={[...adrift, ...begun.adrift]} onRemove={remove} />
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
            <div className="min-w-0 flex-1 basis-64">
              <label htmlFor={id} className="text-sm">
                <span className="font-semibold">{plural(placed.length, "comment")}</span>
                <span className="text-soft"> · about the whole, if you like</span>
              </label>
              <textarea
                id={id}
                rows={1}
                value={message}
                onChange={({ target }) => changeDrafts(session, (before) => ({ ...before, message: target.value }))}
                className="mt-1 block field-sizing-content max-h-40 min-h-9 w-full resize-none rounded-md border border-faint bg-sheet px-3 py-1.5 text-sm"
              />
            </div>
            <Button look="strong" disabled={isBusy || placed.length === 0} onClick={() => void send()}>
              Send as one message
            </Button>
          </div>
          {begun.placed.length > 0 && (
            <p className="mt-1.5 text-sm text-soft">
              {plural(begun.placed.length, "comment is", "comments are")} not kept yet, and not sent.
            </p>
          )}
          <Refusal>{refusal}</Refusal>
        </section>
      )}
    </>
  );
}

/** What was written and not sent is in this tab alone. */
function useKeptFromLeaving(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isNeeded]);
}
