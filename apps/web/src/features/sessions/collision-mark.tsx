import { PlainText } from "../../components/ui/plain-text.tsx";
import { type CollisionNote, markWords } from "../../lib/collision-sentence.ts";

/** Beside a session whose branch will not merge as it is. A dispatcher older than this page tells of none. */
export function CollisionMark({ collisions }: { collisions: readonly CollisionNote[] | undefined }) {
  if (collisions === undefined || collisions.length === 0) return null;
  return (
    <span className="rounded border border-call-line bg-call-wash px-1.5 text-xs font-medium text-call">
      <PlainText limit={96} isBrief>
        {markWords(collisions)}
      </PlainText>
    </span>
  );
}
