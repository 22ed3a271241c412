import type { SessionSummary } from "../../lib/shapes.ts";

/** Beside a session whose coding agent can read and change whatever its person can. */
export function WallMark({ wall }: Pick<SessionSummary, "wall">) {
  if (wall?.sandbox !== "none") return null;
  return (
    <span
      className="rounded border border-fail bg-fail px-1.5 text-xs font-medium text-sheet"
      title="Its coding agent can read and change whatever you can."
    >
      no sandbox
    </span>
  );
}
