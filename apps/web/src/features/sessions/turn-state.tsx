import { Elapsed } from "../../components/ui/elapsed.tsx";
import { plural } from "../../lib/format.ts";
import type { SessionSummary } from "../../lib/shapes.ts";

/** The turn that runs and for how long, else how many there were. */
export function TurnState({ session: { turn, turns } }: { session: Pick<SessionSummary, "turn" | "turns"> }) {
  if (turn?.state !== "running")
    return turns === 0 ? <span className="text-soft">none yet</span> : plural(turns, "turn");
  return (
    <>
      turn {turns + 1}, <Elapsed since={turn.startedAt} />
      {turn.attempt > 1 && <span className="block text-soft">attempt {turn.attempt}</span>}
    </>
  );
}
