import type { SessionSummary } from "../../lib/shapes.ts";

const SHOWN = 12;
const STEP = 10;

/** The session's lane: a dot for each turn that ended, a ring for the one that runs. Its words stand beside it. */
export function TurnLane({ session }: { session: Pick<SessionSummary, "turn" | "turns" | "alive"> }) {
  const { turn, turns, alive } = session;
  const isRunning = alive && turn?.state === "running";
  if (turns === 0 && !isRunning) return null;
  const ended = Math.min(turns, SHOWN - Number(isRunning));
  const hasMore = turns > ended;
  const end = 4 + (ended - 1 + Number(isRunning)) * STEP;
  return (
    <svg viewBox="0 0 120 8" className="mt-0.5 hidden h-2 w-30 lg:block" aria-hidden="true">
      <path
        d={`M4 4H${end}`}
        className="stroke-faint"
        strokeWidth="1.5"
        strokeDasharray={hasMore ? "1.5 3" : undefined}
      />
      {Array.from({ length: ended }, (_, index) => (
        <circle key={index} cx={4 + index * STEP} cy="4" r="2.4" className="fill-soft" />
      ))}
      {isRunning && <circle cx={end} cy="4" r="3" className="fill-sheet stroke-work" strokeWidth="1.75" />}
    </svg>
  );
}
