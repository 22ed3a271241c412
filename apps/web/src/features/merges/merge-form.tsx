import { useId, useState, type FormEvent } from "react";
import { Button } from "../../components/ui/button.tsx";
import { FIELD } from "../../components/ui/field.ts";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { enqueueMerge, type MergeWish } from "../../lib/api.ts";
import { tellMerge } from "../../lib/live-merges.ts";
import type { Preview, SessionDetail } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";
import { HowChoice } from "./how-choice.tsx";
import { IntoField } from "./into-field.tsx";

interface MergeFormProps {
  session: SessionDetail;
  /** What was looked at; only that is asked for. */
  preview: Preview | undefined;
  wish: MergeWish;
  onWish: (wish: MergeWish) => void;
}

export function MergeForm({ session, preview, wish, onWish }: MergeFormProps) {
  const { isBusy, refusal, run } = useRequest();
  // What was refused was asked for as it looked then: with another look there is nothing to be said of it.
  const [asked, setAsked] = useState<Preview>();
  const [message, setMessage] = useState("");
  const id = useId();
  const canAsk = preview !== undefined && preview.outcome !== "nothing" && !isBusy;

  const ask = async (event: FormEvent) => {
    event.preventDefault();
    if (!canAsk) return;
    setAsked(preview);
    const { tip, policy } = preview;
    const body = { ...wish, ...(message.trim() === "" ? {} : { message }), expect: { tip, policy } };
    await run(async () => (await enqueueMerge(session.id, body)).forEach(tellMerge));
  };

  return (
    <form onSubmit={(event) => void ask(event)} className="mt-6 flex flex-col gap-5">
      <HowChoice value={wish.how} onChange={(how) => onWish({ ...wish, how })} />
      <div className="grid gap-4 sm:grid-cols-[12rem_minmax(0,1fr)]">
        <IntoField
          known={preview?.into ?? wish.into ?? session.base ?? ""}
          onChange={(into) => onWish(into === "" ? { how: wish.how } : { ...wish, into })}
        />
        {wish.how !== "rebase" && (
          <div>
            <label htmlFor={id} className="text-sm text-soft">
              Message of the commit, if not the usual one
            </label>
            <textarea
              id={id}
              rows={1}
              value={message}
              onChange={(event) => setMessage(event.target.value)}
              className={`${FIELD} mt-1 block field-sizing-content max-h-60 resize-none py-1.5`}
            />
          </div>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" look="strong" disabled={!canAsk}>
          Merge into{" "}
          <PlainText limit={60} isBrief>
            {preview?.into ?? wish.into ?? session.base ?? "its branch"}
          </PlainText>
        </Button>
        <p className="text-sm text-soft">
          {preview !== undefined && `Exactly ${preview.tip.slice(0, 10)}, whatever it does meanwhile.`}
        </p>
      </div>
      <Refusal>{asked === preview ? refusal : ""}</Refusal>
    </form>
  );
}
