import { Elapsed } from "../../components/ui/elapsed.tsx";
import { plural } from "../../lib/format.ts";
import type { SessionSummary } from "../../lib/shapes.ts";

/** The turn that runs and for how long, else how many there were. */
export function TurnState({ session }: { session: Pick<SessionSummary, "turn" | "turns" | "alive"> }) {
  const { turn, turns, alive } = session;
  if (turn?.state !== "running")
    return turns === 0 ? <span className="text-soft">none yet</span> : plural(turns, "turn");
  // Without a process nothing runs: the turn is gone on with when there is one.
  if (!alive) return `turn ${turns + 1}, broken off`;
  return (
    <>
      turn {turns + 1}, <Elapsed since={turn.startedAt} />
      {turn.attempt > 1 && <span className="block text-soft">attempt {turn.attempt}</span>}
    </>
  );
}
