import { Button } from "../../components/ui/button.tsx";
import { Refusal } from "../../components/ui/refusal.tsx";
import { cancelMerge } from "../../lib/api.ts";
import { tellMerge } from "../../lib/live-merges.ts";
import type { MergeItem } from "../../lib/shapes.ts";
import { useRequest } from "../../lib/use-request.ts";

/** Takes a merge out of the queue that has not begun. */
export function LeaveOut({ item }: { item: MergeItem }) {
  const { isBusy, refusal, run } = useRequest();
  return (
    <div className="mt-4">
      <Button disabled={isBusy} onClick={() => void run(async () => tellMerge(await cancelMerge(item.id)))}>
        Leave it out
      </Button>
      <Refusal>{refusal}</Refusal>
    </div>
  );
}
