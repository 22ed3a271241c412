import Link from "next/link";
import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { approveMerge, cancelMerge } from "../../lib/api.ts";
import { tellMerge } from "../../lib/live-merges.ts";
import type { MergeItem } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";

/**
 * Yes or no to what a merge brings. The yes names the commit and the list that are on the page: if either is another by now,
 * it is refused. The no comes first, and nothing has the focus.
 */
export function Approval({ item: { id, session, tip, findings } }: { item: MergeItem }) {
  const { isBusy, refusal, run } = useRequest();
  const approval = findings === null ? { tip } : { tip, digest: findings.digest };
  return (
    <fieldset disabled={isBusy} className="mt-4">
      <legend className="sr-only">Approve what it brings</legend>
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => void run(async () => tellMerge(await cancelMerge(id)))}>Leave it out</Button>
        <Button onClick={() => void run(async () => tellMerge(await approveMerge(id, approval)))}>
          Approve exactly <span className="font-mono text-[0.8125rem]">{tip.slice(0, 10)}</span>
        </Button>
        <Link
          className="ml-1 py-2 text-sm underline underline-offset-4"
          href={`/session?${new URLSearchParams({ id: session, view: "changes", against: "target" }).toString()}`}
        >
          Look at its changes
        </Link>
      </div>
      <Refusal>{refusal}</Refusal>
    </fieldset>
  );
}
