import type { Badge as BadgeName, SessionSummary } from "../../lib/shapes.ts";
import { Badge } from "./badge.tsx";
import { countBadges } from "./session-list.ts";

interface BadgeCountsProps {
  sessions: ReadonlyMap<string, SessionSummary>;
  only: BadgeName | undefined;
}

/** How many sessions carry which badge. A press shows only those; the choice is in the address. */
export function BadgeCounts({ sessions, only }: BadgeCountsProps) {
  const counts = countBadges(sessions.values());
  // A choice outlives its last session: without its button nobody could undo it.
  if (only !== undefined && !counts.some(({ badge }) => badge === only)) counts.unshift({ badge: only, count: 0 });
  return (
    <ul className="mt-5 flex flex-wrap gap-2" aria-label="Sessions per badge">
      {counts.map(({ badge, count }) => (
        <li key={badge}>
          <button
            type="button"
            aria-pressed={badge === only}
            onClick={() => show(badge === only ? undefined : badge)}
            className="flex min-h-9 items-center gap-2.5 rounded-full border border-line bg-sheet py-1 pr-3.5 pl-3 text-sm transition-colors hover:border-faint aria-pressed:border-ink aria-pressed:ring-1 aria-pressed:ring-ink pointer-coarse:min-h-11"
          >
            <Badge badge={badge} />
            <span className="font-semibold">{count}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function show(badge: BadgeName | undefined): void {
  const query = badge === undefined ? "" : `?${new URLSearchParams({ badge }).toString()}`;
  window.history.replaceState(null, "", `/${query}`);
}
