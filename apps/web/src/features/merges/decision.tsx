import Link from "next/link";
import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { approveMerge, cancelMerge } from "../../lib/api.ts";
import { diffAddress } from "../../lib/diff-address.ts";
import { tellMerge } from "../../lib/live-merges.ts";
import type { MergeItem } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";

/**
 * What a person decides about a merge that has not begun. A yes names the commit and the list that are on the page, and what it
 * brings is read at that very commit: if any of it is another by now, it is refused. The no comes first, and nothing has the
 * focus.
 */
export function Decision({ item }: { item: MergeItem }) {
  const { id, session, into, tip, findings, state } = item;
  const { isBusy, refusal, run } = useRequest();
  const approval = findings === null ? { tip } : { tip, digest: findings.digest };
  const isAsked = state === "needs approval";
  if (!isAsked && state !== "queued") return null;
  return (
    <fieldset disabled={isBusy} className="mt-4">
      <legend className="sr-only">{isAsked ? "Approve what it brings" : "Take it out of the queue"}</legend>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => void run(async () => tellMerge(await cancelMerge(id)))}>Leave it out</Button>
        {isAsked && (
          <Button onClick={() => void run(async () => tellMerge(await approveMerge(id, approval)))}>
            Approve exactly <span className="font-mono text-[0.8125rem]">{tip.slice(0, 10)}</span>
          </Button>
        )}
        <Link
          className="ml-1 py-2 text-sm underline underline-offset-4"
          href={diffAddress(session, { against: "target", into, tip })}
        >
          Look at its changes
        </Link>
      </div>
      <Refusal>{refusal}</Refusal>
    </fieldset>
  );
}
