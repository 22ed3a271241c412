import type { ReactNode } from "react";
import { Elapsed } from "../../components/ui/elapsed.tsx";
import { PlainText } from "../../components/ui/plain-text.tsx";
import { collisionSentence } from "../../lib/collision-sentence.ts";
import type { SessionDetail } from "../../lib/shapes.ts";
import { factsOf } from "./facts.ts";
import { TurnState } from "./turn-state.tsx";

export function SessionFacts({ session }: { session: SessionDetail }) {
  return (
    <aside aria-label="Facts" className="min-w-0 text-sm">
      <Sentences name="Damaged" look="border-call-line bg-call-wash">
        {session.damaged}
      </Sentences>
      <Sentences name="Conflicts" look="border-call-line bg-call-wash">
        {(session.collisions ?? []).map(collisionSentence)}
      </Sentences>
      <Sentences name="Notes" look="border-line bg-sheet">
        {session.notes}
      </Sentences>
      <dl className="divide-y divide-line border-y border-line">
        <Fact name="Turns">
          <TurnState session={session} />
        </Fact>
        <Fact name="Age">
          <Elapsed since={session.createdAt} />
        </Fact>
        {factsOf(session).map(({ name, value, isPath }) => (
          <Fact key={name} name={name} isPath={isPath}>
            <PlainText>{value}</PlainText>
          </Fact>
        ))}
      </dl>
    </aside>
  );
}

function Sentences({ name, look, children }: { name: string; look: string; children: readonly string[] }) {
  if (children.length === 0) return null;
  return (
    <section aria-label={name} className={`mb-4 rounded-lg border px-4 py-3 ${look}`}>
      <h2 className="font-semibold">{name}</h2>
      <ul className="mt-1 space-y-1.5">
        {[...new Set(children)].map((sentence) => (
          <li key={sentence}>
            <PlainText>{sentence}</PlainText>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fact({ name, isPath = false, children }: { name: string; isPath?: boolean | undefined; children: ReactNode }) {
  return (
    <div className={isPath ? "py-2" : "flex justify-between gap-4 py-2"}>
      <dt className="whitespace-nowrap text-soft">{name}</dt>
      <dd className={isPath ? "mt-0.5 font-mono text-[0.8125rem] wrap-anywhere" : "text-right wrap-anywhere"}>
        {children}
      </dd>
    </div>
  );
}
