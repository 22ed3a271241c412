import Link from "next/link";
import { useEffect, useId, useState } from "react";
import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { type Comment, sendReview } from "../../lib/api.ts";
import { plural } from "../../lib/format.ts";
import { newMessageId } from "../../lib/message-id.ts";
import type { SessionDetail, SessionDiff } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";
import { Adrift } from "./adrift.tsx";
import { setDrafts, sortDrafts, useDrafts } from "./drafts.ts";

interface ReviewBarProps {
  session: SessionDetail;
  diff: SessionDiff;
}

/** All comments, to be sent as one message. */
export function ReviewBar({ session, diff }: ReviewBarProps) {
  const drafts = useDrafts(session.id);
  const { placed, adrift } = sortDrafts(drafts, diff.files);
  const [message, setMessage] = useState("");
  const [attempt, setAttempt] = useState({ id: "", content: "" });
  const [sent, setSent] = useState(0);
  const { isBusy, refusal, run } = useRequest();
  const id = useId();
  useKeptFromLeaving(drafts.length > 0);

  const send = async () => {
    const review = { comments: placed, against: diff.against, ...(message.trim() === "" ? {} : { message }) };
    const content = JSON.stringify(review);
    // Sent again after a lost answer it is the same message.
    const next = attempt.content === content ? attempt : { id: newMessageId(), content };
    setAttempt(next);
    if (!(await run(() => sendReview(session.id, { id: next.id, ...review })))) return;
    setSent(placed.length);
    setMessage("");
    setDrafts(session.id, adrift);
  };

  return (
    <>
      <p role="status" className="text-sm empty:hidden">
        {sent > 0 && (
          <>
            {plural(sent, "comment")} sent as one message.{" "}
            <Link
              className="underline underline-offset-4"
              href={`/session?${new URLSearchParams({ id: session.id }).toString()}`}
            >
              Its log
            </Link>{" "}
            shows when it is read.
          </>
        )}
      </p>
      {drafts.length > 0 && (
        <section
          aria-label="Review"
          className="sticky bottom-3 z-20 max-h-[60dvh] overflow-y-auto rounded-xl border border-faint bg-sheet px-4 py-3 shadow-lg"
        >
          <Adrift
            comments={adrift}
            onRemove={(gone: Comment) =>
              setDrafts(
                session.id,
                drafts.filter((one) => one !== gone),
              )
            }
          />
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
                onChange={(event) => setMessage(event.target.value)}
                className="mt-1 block field-sizing-content max-h-40 min-h-9 w-full resize-none rounded-md border border-faint bg-sheet px-3 py-1.5 text-sm"
              />
            </div>
            <Button look="strong" disabled={isBusy || placed.length === 0} onClick={() => void send()}>
              Send as one message
            </Button>
          </div>
          <Refusal>{refusal}</Refusal>
        </section>
      )}
    </>
  );
}

/** Comments that were written and not sent are in this tab alone. */
function useKeptFromLeaving(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isNeeded]);
}
