import Link from "next/link";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { collisionSentence, otherSide } from "../../lib/collision-sentence.ts";
import type { SessionDetail } from "../../lib/shapes.ts";

/** Who will not come together with it: whoever merges second has to resolve it. */
export function Collisions({ session }: { session: SessionDetail }) {
  // A dispatcher older than this page tells of none.
  const collisions = session.collisions ?? [];
  return (
    <section aria-labelledby="collisions">
      <h2 id="collisions" className="font-semibold">
        Collisions
      </h2>
      {collisions.length === 0 ? (
        <p className="mt-1 text-sm text-soft">No open session collides with what it has committed.</p>
      ) : (
        <ul className="mt-2 space-y-3 text-sm">
          {collisions.map((note) => (
            <li key={note.id} className="rounded-lg border border-call-line bg-call-wash px-4 py-3">
              <PlainText limit={600}>{collisionSentence(note)}</PlainText>
              {note.session !== null && (
                <p className="mt-1">
                  <Link
                    className="underline underline-offset-4"
                    href={`/session?${new URLSearchParams({ id: note.session, view: "merge" }).toString()}`}
                  >
                    Look at{" "}
                    <PlainText limit={120} isBrief>
                      {otherSide(note)}
                    </PlainText>
                  </Link>
                </p>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
