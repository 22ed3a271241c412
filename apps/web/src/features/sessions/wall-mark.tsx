import { wallMark } from "@harness/core/telling";
import type { SessionSummary } from "../../lib/shapes.ts";

const TITLES = {
  "no sandbox": "Its coding agent can read and change whatever you can.",
  "sandbox not tested": "Its sandbox is for macOS, and was never tried there by those who wrote it.",
};

/** Beside a session whose sandbox promises less than one would think, or that has none. */
export function WallMark({ wall }: Pick<SessionSummary, "wall">) {
  const mark = wallMark(wall?.sandbox);
  if (mark === null) return null;
  const colour = mark === "no sandbox" ? "border-fail bg-fail text-sheet" : "border-fail text-fail";
  return (
    <span className={`rounded border px-1.5 text-xs font-medium ${colour}`} title={TITLES[mark]}>
      {mark}
    </span>
  );
}
